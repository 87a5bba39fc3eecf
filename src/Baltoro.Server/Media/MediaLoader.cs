using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Files;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Media;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;

namespace Baltoro.Server.Media;

/// <summary>
/// Follows the references of a request's pictures: <c>ms://</c> to uploaded files of the same organization, http(s) where the
/// operator allows it. What it loads counts against the request's bounds on encoded bytes.
/// </summary>
internal sealed class MediaLoader(ServerServices services, ServerOptions options, WebFetcher web)
{
    private const string FileScheme = "ms://";

    private static readonly string[] _forPictures = [FilePurpose.Image];
    private static readonly string[] _forFilms = [FilePurpose.Video];
    private static readonly string[] _forFrames = [FilePurpose.Image, FilePurpose.Video];

    /// <summary>The request with every reference replaced by bytes, or the first that cannot be followed.</summary>
    public async ValueTask<(ChatCompletionRequest Wire, WireError? Error)> LoadAsync(
        ChatCompletionRequest wire, IChatBackend backend, string organizationId, CancellationToken cancellationToken)
    {
        if (!backend.TakesImages || !wire.Messages.Any(message => message.Content.Any(HasReference)))
        {
            return (wire, null);
        }

        List<WireMessage> messages = new(wire.Messages.Count);
        foreach (WireMessage message in wire.Messages)
        {
            List<WirePart> parts = new(message.Content.Count);
            foreach (WirePart part in message.Content)
            {
                (WirePart loaded, WireError? error) = await LoadPartAsync(part, organizationId, cancellationToken).ConfigureAwait(false);
                if (error is not null)
                {
                    return (wire, error);
                }

                parts.Add(loaded);
            }

            messages.Add(message with { Content = parts });
        }

        return (wire with { Messages = messages }, null);
    }

    private static bool HasReference(WirePart part) => part.Media?.Sources.Any(source => source.Reference is not null) is true;

    private async ValueTask<(WirePart Part, WireError? Error)> LoadPartAsync(
        WirePart part, string organizationId, CancellationToken cancellationToken)
    {
        if (part.Media is not { } media || !HasReference(part))
        {
            return (part, null);
        }

        string[] purposes = part.Type != "video_url" ? _forPictures : media.IsFrameList ? _forFrames : _forFilms;
        List<WireMediaSource> sources = new(media.Sources.Count);
        foreach (WireMediaSource source in media.Sources)
        {
            (ReadOnlyMemory<byte> bytes, WireError? error) = source.Reference is { } reference
                ? await FollowAsync(source.Path, reference, purposes, organizationId, cancellationToken).ConfigureAwait(false)
                : (source.Bytes, null);
            if (error is not null)
            {
                return (part, error);
            }

            sources.Add(new WireMediaSource(source.Path, bytes, null));
        }

        return (part with { Media = media with { Sources = sources } }, null);
    }

    /// <summary>URL types of some clients put a slash behind a host.</summary>
    private static string IdOf(string reference) => reference[FileScheme.Length..].TrimEnd('/');

    private async ValueTask<(ReadOnlyMemory<byte> Bytes, WireError? Error)> FollowAsync(
        string path, string reference, string[] purposes, string organizationId, CancellationToken cancellationToken)
    {
        if (reference.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase) && services.Files is { } files)
        {
            (ReadOnlyMemory<byte> bytes, string? problem) = await MediaFiles.ReadAsync(
                files, organizationId, IdOf(reference), purposes, cancellationToken).ConfigureAwait(false);
            return (bytes, problem is null ? null : MediaErrors.Unreachable(path, problem));
        }

        if (options.FetchImages && Uri.TryCreate(reference, UriKind.Absolute, out Uri? url) && url.Scheme is ("http" or "https"))
        {
            (ReadOnlyMemory<byte> bytes, string? problem) = await web.FetchAsync(url, cancellationToken).ConfigureAwait(false);
            return (bytes, problem is null ? null : MediaErrors.Unreachable(path, problem));
        }

        return (default, MediaErrors.UnsupportedUrl(path, reference));
    }
}
