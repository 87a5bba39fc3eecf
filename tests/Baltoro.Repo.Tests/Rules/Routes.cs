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

    /// <summary>
    /// Routes given to MapGet, MapPost … and MapMethods: a literal, or an interpolated text whose holes are loop variables over
    /// literals, behind the prefixes of groups in the same file. What cannot be read comes out as "? file:line".
    /// </summary>
    public static IEnumerable<string> InSource(SourceFile file)
    {
        foreach (InvocationExpressionSyntax call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax member)
            {
                continue;
            }

            string name = member.Name.Identifier.Text;
            string[] verbs = Verbs.TryGetValue(name, out string? verb) ? [verb] : name == "MapMethods" ? MethodsOf(file, call) : [];
            string[] paths = verbs.Length == 0 ? [] : PathsOf(file, call.ArgumentList.Arguments[0].Expression);
            if (paths.Length == 0 && (verbs.Length > 0 || name == "MapMethods"))
            {
                yield return $"? {file.At(call)}";
            }

            foreach (string path in paths)
            {
                foreach (string each in verbs)
                {
                    yield return Normal(each, Prefix(file, member.Expression) + path);
                }
            }
        }
    }

    /// <summary>Routes written as a verb, a space and a path.</summary>
    public static IEnumerable<string> InText(string text) =>
        Mention().Matches(text).Select(match => Normal(match.Groups[1].Value, match.Groups[2].Value));

    private static string Prefix(SourceFile file, ExpressionSyntax receiver)
    {
        ExpressionSyntax? source = receiver is IdentifierNameSyntax name
            ? Declared(file, name.Identifier.Text)
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

    // HEAD goes with GET and is not listed apart.
    private static string[] MethodsOf(SourceFile file, InvocationExpressionSyntax call)
    {
        ExpressionSyntax? methods = call.ArgumentList.Arguments.ElementAtOrDefault(1)?.Expression;
        if (methods is IdentifierNameSyntax name)
        {
            methods = Declared(file, name.Identifier.Text);
        }

        return [.. (methods?.DescendantNodesAndSelf() ?? [])
            .Select(node => node switch
            {
                LiteralExpressionSyntax literal => literal.Token.ValueText,
                MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "HttpMethods" } } member =>
                    member.Name.Identifier.Text.ToUpperInvariant(),
                _ => "HEAD",
            })
            .Where(verb => verb != "HEAD")];
    }

    private static string[] PathsOf(SourceFile file, ExpressionSyntax expression)
    {
        if (expression is not InterpolatedStringExpressionSyntax text)
        {
            return expression is LiteralExpressionSyntax literal ? [literal.Token.ValueText] : [];
        }

        string[] paths = [""];
        foreach (InterpolatedStringContentSyntax part in text.Contents)
        {
            string[] values = part is InterpolationSyntax { Expression: IdentifierNameSyntax name }
                ? LoopValues(file, name.Identifier.Text)
                : part is InterpolatedStringTextSyntax fixedText ? [fixedText.TextToken.ValueText] : [];
            paths = [.. paths.SelectMany(path => values.Select(value => path + value))];
        }

        return paths;
    }

    private static string[] LoopValues(SourceFile file, string variable) =>
        [.. file.Syntax.DescendantNodes().OfType<ForEachStatementSyntax>()
            .Where(loop => loop.Identifier.Text == variable)
            .SelectMany(loop => loop.Expression.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>())
            .Select(literal => literal.Token.ValueText)];

    private static ExpressionSyntax? Declared(SourceFile file, string name) =>
        file.Syntax.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .FirstOrDefault(variable => variable.Identifier.Text == name)?.Initializer?.Value;

    private static string Normal(string verb, string path) =>
        $"{verb} {Parameter().Replace(path.TrimEnd('.', ',', ';', ':'), "{}").TrimEnd('/')}";

    [GeneratedRegex(@"\b(GET|POST|PUT|PATCH|DELETE) (/[A-Za-z0-9_\-./{}:*]*)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
