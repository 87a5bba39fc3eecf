using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Baltoro.Repo.Tests.Tree;

/// <summary>One C# file with its syntax tree.</summary>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<SyntaxNode> _root = new(() => CSharpSyntaxTree
        .ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path).GetRoot());

    public string Path { get; } = path;

    public string Text { get; } = text;

    public SyntaxNode Syntax => _root.Value;

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>Number of lines, a last line without a line break included.</summary>
    public int LineCount { get; } = Lines.Count(text);

    /// <summary>First line of a node, counted from 1.</summary>
    public static int LineOf(SyntaxNodeOrToken node) => node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>"path:line" as editors open it.</summary>
    public string At(SyntaxNodeOrToken node) => $"{Path}:{LineOf(node)}";
}
