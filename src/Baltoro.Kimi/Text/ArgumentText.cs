namespace Baltoro.Kimi.Text;

/// <summary>What an <see cref="ArgumentException"/> says, for people.</summary>
public static class ArgumentText
{
    /// <summary>The message without the name of the parameter that the runtime adds to it: that name is one of the program's own.</summary>
    public static string Of(ArgumentException fault) => fault.ParamName is { } name
        ? fault.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
        : fault.Message;
}
