using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Tests.Kernels;

public class KernelCatalogTests
{
    [Fact]
    public void Select_EverySupportedName_GivesThatTable()
    {
        foreach (string name in KernelCatalog.Supported)
        {
            Assert.Equal(name, KernelCatalog.Select(name).Name);
        }
    }

    [Fact]
    public void Select_UnknownName_ListsTheAllowedOnes()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => KernelCatalog.Select("avx9000"));
        Assert.Contains("'avx9000'", exception.Message);
        Assert.Contains(string.Join(", ", KernelCatalog.Supported), exception.Message);
    }
}
