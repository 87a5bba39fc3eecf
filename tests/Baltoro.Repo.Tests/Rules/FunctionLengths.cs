using Baltoro.Repo.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Baltoro.Repo.Tests.Rules;

/// <summary>Lines of each method, constructor, operator, accessor and local function, documentation and attributes left out.</summary>
internal static class FunctionLengths
{
    public static IEnumerable<(string Name, int Lines)> Measure(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                DestructorDeclarationSyntax destructor => "~" + destructor.Identifier.Text,
                OperatorDeclarationSyntax operation => "operator " + operation.OperatorToken.Text,
                ConversionOperatorDeclarationSyntax => "operator conversion",
                LocalFunctionStatementSyntax local => local.Identifier.Text,
                AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
                _ => null,
            };
            if (name is not null)
            {
                yield return ($"{file.Path}::{TypeOf(node)}.{name}", LineCount(node));
            }
        }
    }

    private static string TypeOf(SyntaxNode node) =>
        node.Ancestors().OfType<BaseTypeDeclarationSyntax>().FirstOrDefault()?.Identifier.Text ?? "file";

    private static int LineCount(SyntaxNode node)
    {
        SyntaxNodeOrToken first = node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(TextSpan.FromBounds(first.SpanStart, node.Span.End));
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
