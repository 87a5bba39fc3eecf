namespace Baltoro.Kimi.Media;

/// <summary>Why a file cannot be used as a picture.</summary>
/// <param name="Type">Its media type when it is of a format that is not read.</param>
/// <param name="Text">What is wrong, to be put behind the name of the file; or what is accepted, when there is a type.</param>
/// <param name="Kind">What it is, where there is a type: <c>image</c> or <c>video</c>.</param>
public sealed record ImageProblem(string? Type, string Text, string Kind = "image")
{
    /// <summary>One sentence about the file <paramref name="name"/>.</summary>
    public string About(string name) => Type is null ? $"{name} {Text}" : $"unsupported {Kind} format: {Type} ({name}; {Text})";
}
