namespace Baltoro.Kimi.Output;

/// <summary>Where in an answer the parser stands.</summary>
internal enum OutputState
{
    Reasoning,
    Content,

    /// <summary>In the tool section, between calls.</summary>
    Section,
    CallId,
    CallArguments,

    /// <summary>After the tool section; text here belongs to nothing and ends the answer.</summary>
    AfterCalls,

    /// <summary>A stop id or a stop text was met.</summary>
    Ended,
}
