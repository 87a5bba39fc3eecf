using Baltoro.Repo.Tests.Rules;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Habits of the source code.</summary>
public sealed class CodeTests
{
    // Where pointers into weights, cache pages and kernels are handled; everything else works on spans.
    private static readonly string[] UnsafeFolders =
    [
        "src/Baltoro.Engine/Kernels/", "src/Baltoro.Engine/Weights/", "src/Baltoro.Engine/Cache/", "src/Baltoro.Engine/Ops/",
        "src/Baltoro.Engine/Model/", "src/Baltoro.Engine/Threads/",
    ];

    [Fact]
    public void Product_HasNoUnfinishedCode() => Finding.None(Product().SelectMany(CodeHabits.UnfinishedCode));

    [Fact]
    public void Product_SwallowsNoException() => Finding.None(Product().SelectMany(CodeHabits.SwallowedExceptions));

    [Fact]
    public void Unsafe_StaysInTheEnginesInnerFolders() =>
        Finding.None(Product().SelectMany(file => CodeHabits.UnsafeOutside(file, UnsafeFolders)));

    [Theory]
    [InlineData("try { } catch { }", 1)]
    [InlineData("try { } catch (IOException) { }", 1)]
    [InlineData("try { } catch (IOException) { /* the reader has gone */ }", 0)]
    [InlineData("try { } catch (Exception) { /* whatever */ }", 1)]
    [InlineData("try { } catch (Exception e) { X(); }", 1)]
    [InlineData("try { } catch (Exception e) { X(e); }", 0)]
    [InlineData("try { } catch { X(); throw; }", 0)]
    public void SwallowedExceptions_Snippet_IsJudged(string body, int violationCount) =>
        Assert.Equal(violationCount, CodeHabits.SwallowedExceptions(Method(body)).Count());

    [Fact]
    public void UnfinishedCode_Snippet_IsFound() =>
        Assert.Single(CodeHabits.UnfinishedCode(Method($"throw new {nameof(NotImplementedException)}();")));

    [Fact]
    public void UnsafeOutside_Snippet_IsFoundOutsideTheFoldersOnly()
    {
        const string Text = "unsafe class C { }";
        Assert.Single(CodeHabits.UnsafeOutside(new SourceFile("src/Baltoro.Server/C.cs", Text), UnsafeFolders));
        Assert.Empty(CodeHabits.UnsafeOutside(new SourceFile("src/Baltoro.Engine/Kernels/C.cs", Text), UnsafeFolders));
    }

    [Fact]
    public void PublicTypes_Snippet_CountsTopLevelOnly() => Assert.Equal(2, CodeHabits.PublicTypes(new SourceFile(
        "src/C.cs", "namespace N; public class A { public class Inner { } } public enum B { X } internal class D { }")));

    private static IEnumerable<SourceFile> Product() => RepoTree.Sources.Where(file => file.IsProduct);

    private static SourceFile Method(string body) => new("src/C.cs", $"class C {{ void M() {{ {body} }} }}");
}
