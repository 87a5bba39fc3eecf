using Baltoro.Kimi.Media;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Pictures named on the command line.</summary>
internal static class ImageFiles
{
    /// <exception cref="StartFailure">A file is not there or not a picture; the message names it.</exception>
    public static IReadOnlyList<EncodedImage> Read(IReadOnlyList<string> paths) => [.. paths.Select(Read)];

    private static EncodedImage Read(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new StartFailure(ExitCode.Usage, $"--image {path}: expected a picture, found no file");
        }

        if (file.Length > MediaLimits.MaxEncodedBytes)
        {
            throw new StartFailure(ExitCode.Usage, $"--image {path}: expected at most {MediaLimits.MaxEncodedBytes} bytes, found {file.Length}");
        }

        byte[] bytes = File.ReadAllBytes(path);
        return ImageCheck.TryRead(bytes, "image", out ImageHeader header) is { } problem
            ? throw new StartFailure(ExitCode.Usage, $"--image: {problem.About(path)}")
            : new EncodedImage(bytes, header, path);
    }
}
