using Baltoro.Cli.Composition;
using Baltoro.Engine;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Tests.Commands;

public class PackedCacheSettingsTests
{
    [Theory]
    [InlineData(null, "/data/cache/packed")]
    [InlineData("", "/data/cache/packed")]
    [InlineData("on", "/data/cache/packed")]
    [InlineData("/fast/disk", "/fast/disk")]
    [InlineData("off", null)]
    public void Read_Place_IsTheFolder(string? value, string? folder) =>
        Assert.Equal(folder, Read(value, null)?.Folder);

    [Fact]
    public void Read_Size_IsGibibytes()
    {
        Assert.Equal(64L << 30, Read(null, null)!.MaxBytes);
        Assert.Equal(700L << 30, Read(null, "700")!.MaxBytes);
    }

    [Theory]
    [InlineData("yes", null, "BALTORO_PACKED_CACHE: expected on, off or the full path of a folder, found 'yes'")]
    [InlineData("relative/folder", null, "found 'relative/folder'")]
    [InlineData(null, "0", "BALTORO_PACKED_CACHE_GB: expected whole gigabytes from 1 to 100000, found '0'")]
    [InlineData(null, "many", "found 'many'")]
    public void Read_WrongValue_NamesVariableFoundAndAllowed(string? place, string? size, string expected)
    {
        StartFailure failure = Assert.Throws<StartFailure>(() => Read(place, size));
        Assert.Equal(ExitCode.Settings, failure.ExitCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static PackedCacheOptions? Read(string? place, string? size) =>
        PackedCacheSettings.Read("/data", name => name == "BALTORO_PACKED_CACHE" ? place : size, _ => { });
}
