using System.Text.RegularExpressions;
using Baltoro.Repo.Tests.Tree;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Baltoro.Repo.Tests.Rules;

/// <summary>Routes as "GET /v1/models/{}", read from the server's source and from docs/api.md.</summary>
internal static partial class Routes
{
    private static readonly Dictionary<string, string> Verbs = new()
    {
        ["MapGet"] = "GET",
        ["MapPost"] = "POST",
        ["MapPut"] = "PUT",
        ["MapPatch"] = "PATCH",
        ["MapDelete"] = "DELETE",
    };

    /// <summary>Routes given as literals to MapGet, MapPost …, a group's prefix in the same file included.</summary>
    public static IEnumerable<string> InSource(SourceFile file)
    {
        foreach (InvocationExpressionSyntax call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is MemberAccessExpressionSyntax member
                && Verbs.TryGetValue(member.Name.Identifier.Text, out string? verb)
                && LiteralArgument(call) is string path)
            {
                yield return Normal(verb, Prefix(file, member.Expression) + path);
            }
        }
    }

    /// <summary>Routes written as a verb, a space and a path.</summary>
    public static IEnumerable<string> InText(string text) =>
        Mention().Matches(text).Select(match => Normal(match.Groups[1].Value, match.Groups[2].Value));

    private static string Prefix(SourceFile file, ExpressionSyntax receiver)
    {
        ExpressionSyntax? source = receiver is IdentifierNameSyntax name
            ? file.Syntax.DescendantNodes().OfType<VariableDeclaratorSyntax>()
                .FirstOrDefault(variable => variable.Identifier.Text == name.Identifier.Text)?.Initializer?.Value
            : receiver;
        IEnumerable<string> groups = source?.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
            .Where(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "MapGroup" })
            .Select(LiteralArgument).OfType<string>().Reverse() ?? [];
        return string.Concat(groups);
    }

    private static string? LiteralArgument(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax literal
            ? literal.Token.ValueText
            : null;

    private static string Normal(string verb, string path) =>
        $"{verb} {Parameter().Replace(path.TrimEnd('.', ',', ';', ':'), "{}").TrimEnd('/')}";

    [GeneratedRegex(@"\b(GET|POST|PUT|PATCH|DELETE) (/[A-Za-z0-9_\-./{}:*]*)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
