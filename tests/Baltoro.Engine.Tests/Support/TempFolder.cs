namespace Baltoro.Engine.Tests.Support;

/// <summary>A folder of its own that is deleted at the end; starts with a copy of a golden model if asked.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder(string? goldenName = null)
    {
        Path = Directory.CreateTempSubdirectory("baltoro-engine-").FullName;
        foreach (string file in goldenName is null ? [] : Directory.GetFiles(System.IO.Path.Combine(GoldenCase.Root, goldenName)))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; }

    public string this[string fileName] => System.IO.Path.Combine(Path, fileName);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
