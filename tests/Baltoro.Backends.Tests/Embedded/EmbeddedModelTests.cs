using Baltoro.Backends.Embedded;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Backends.Tests.Embedded;

public class EmbeddedModelTests
{
    [Fact]
    public void Locate_ModelInAFolderAbove_IsFound()
    {
        using TempFolder folder = new();
        string model = Directory.CreateDirectory(Path.Combine(folder.Path, "models", "kimi-nano")).FullName;
        File.WriteAllText(Path.Combine(model, "config.json"), "{}");
        string start = Directory.CreateDirectory(Path.Combine(folder.Path, "artifacts", "bin", "x")).FullName;
        Assert.Equal(model, EmbeddedModel.Locate(start: start));
        Assert.Equal(model, EmbeddedModel.Locate(model, start));
        Assert.Equal(model, EmbeddedModel.FolderOf(model));
        Assert.Equal(model, EmbeddedModel.FolderOf(Path.Combine(model, "m.gguf")));
    }

    [Fact]
    public void Locate_NoModel_NamesThePath()
    {
        using TempFolder folder = new();
        EmbeddedModelException none = Assert.Throws<EmbeddedModelException>(() => EmbeddedModel.Locate(start: folder.Path));
        Assert.Contains(Path.Combine(folder.Path, "models", "kimi-nano"), none.Message);
        string wrong = Path.Combine(folder.Path, "other");
        Assert.Contains(wrong, Assert.Throws<EmbeddedModelException>(() => EmbeddedModel.Locate(wrong)).Message);
    }

    [Fact]
    public void Defaults_File_IsRead()
    {
        using TempFolder folder = new();
        Assert.Equal(new GenerationDefaults(), GenerationDefaults.Load(folder.Path));
        folder.Write("generation_config.json", """{"do_sample": true, "temperature": 0.25, "top_p": 0.5, "top_k": 20}""");
        Assert.Equal(new GenerationDefaults { Temperature = 0.25f, TopP = 0.5f, TopK = 20 }, GenerationDefaults.Load(folder.Path));
        folder.Write("generation_config.json", """{"do_sample": false, "temperature": 0.25}""");
        Assert.Equal(0, GenerationDefaults.Load(folder.Path).Temperature);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "a JSON object")]
    [InlineData("""{"temperature": 3}""", "temperature: expected a number from 0 to 2, found 3")]
    [InlineData("""{"top_p": "x"}""", "top_p")]
    public void Defaults_GarbledFile_SaysWhatIsWrong(string text, string expected)
    {
        using TempFolder folder = new();
        folder.Write("generation_config.json", text);
        Assert.Contains(expected, Assert.Throws<EmbeddedModelException>(() => GenerationDefaults.Load(folder.Path)).Message);
    }
}
