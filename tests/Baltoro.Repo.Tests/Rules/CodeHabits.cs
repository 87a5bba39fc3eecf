using Baltoro.Repo.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Baltoro.Repo.Tests.Rules;

/// <summary>Habits a syntax tree can show. Each rule returns one sentence per place that breaks it.</summary>
internal static class CodeHabits
{
    /// <summary>Public types declared at the top level of a file.</summary>
    public static int PublicTypes(SourceFile file) => file.Syntax
        .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
        .Count(member => member.Modifiers.Any(SyntaxKind.PublicKeyword));

    /// <summary>
    /// A catch that does nothing must name a narrow exception and say why in a comment; a catch of everything must use
    /// the exception, rethrow, or be filtered.
    /// </summary>
    public static IEnumerable<string> SwallowedExceptions(SourceFile file)
    {
        foreach (CatchClauseSyntax clause in file.Syntax.DescendantNodes().OfType<CatchClauseSyntax>())
        {
            bool everything = clause.Declaration is null
                || clause.Declaration.Type.ToString() is "Exception" or "System.Exception";
            bool explained = clause.Block.DescendantTrivia()
                .Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));
            if (clause.Block.Statements.Count == 0 && (everything || !explained))
            {
                yield return $"{file.At(clause)}: empty catch; name a narrow exception and say in a comment why nothing is to be done";
            }
            else if (everything && clause.Filter is null && !Handles(clause))
            {
                yield return $"{file.At(clause)}: catches everything and drops the exception";
            }
        }
    }

    public static IEnumerable<string> UnfinishedCode(SourceFile file) => file.Syntax.DescendantTokens()
        .Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.Text == nameof(NotImplementedException))
        .Select(token => $"{file.At(token)}: {token.Text}; finish it or leave it out");

    public static IEnumerable<string> UnsafeOutside(SourceFile file, IReadOnlyCollection<string> folders) =>
        folders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal))
            ? []
            : file.Syntax.DescendantTokens()
                .Where(token => token.IsKind(SyntaxKind.UnsafeKeyword))
                .Select(token => $"{file.At(token)}: unsafe code is allowed only under {string.Join(", ", folders)}");

    private static bool Handles(CatchClauseSyntax clause)
    {
        string? name = clause.Declaration?.Identifier.Text;
        return clause.Block.DescendantNodes().Any(node =>
            node is ThrowStatementSyntax or ThrowExpressionSyntax
            || (node is IdentifierNameSyntax used && used.Identifier.Text == name));
    }
}
