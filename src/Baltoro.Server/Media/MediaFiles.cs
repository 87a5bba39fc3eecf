using Baltoro.Kimi.Media;
using Baltoro.Platform.Files;
using Baltoro.Protocol.Json;
using Baltoro.Server.Files;

namespace Baltoro.Server.Media;

/// <summary>Bytes of uploaded pictures and films that a message refers to.</summary>
internal static class MediaFiles
{
    /// <summary>The file, which has one of <paramref name="purposes"/>, or what is wrong with the reference.</summary>
    public static async ValueTask<(ReadOnlyMemory<byte> Bytes, string? Problem)> ReadAsync(
        FileLibrary files, string organizationId, string id, IReadOnlyList<string> purposes, CancellationToken cancellationToken)
    {
        string shown = JsonDescription.Cut(id);
        if (await files.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return (default, $"names the file '{shown}', which does not exist");
        }

        if (!purposes.Contains(file.Purpose))
        {
            string taken = string.Join(" or ", purposes.Select(purpose => $"'{purpose}'"));
            return (default, $"names the file '{shown}' of purpose '{file.Purpose}'; this part takes files of purpose {taken}");
        }

        if (file.SizeBytes > MediaLimits.MaxEncodedBytes)
        {
            return (default, $"names the file '{shown}' of {file.SizeBytes} bytes; at most {MediaLimits.MaxEncodedBytes} are accepted");
        }

        if (files.OpenContent(file) is not { } stream)
        {
            return (default, $"names the file '{shown}', which does not exist");
        }

        await using (stream.ConfigureAwait(false))
        {
            byte[] bytes = new byte[file.SizeBytes];
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return (bytes, null);
        }
    }
}
