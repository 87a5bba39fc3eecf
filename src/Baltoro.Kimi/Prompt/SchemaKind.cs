namespace Baltoro.Kimi.Prompt;

/// <summary>How a schema is written in TypeScript; the first that applies, in this order.</summary>
internal enum SchemaKind
{
    /// <summary><c>true</c> or <c>{}</c>.</summary>
    Anything,

    /// <summary><c>false</c>.</summary>
    Nothing,
    Reference,
    AnyOf,
    Enumeration,

    /// <summary>A list of types.</summary>
    Union,
    Object,
    Array,
    Scalar,
}
