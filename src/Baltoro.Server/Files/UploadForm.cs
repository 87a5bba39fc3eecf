using System.Text;
using Baltoro.Platform.Files;
using Baltoro.Protocol.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Baltoro.Server.Files;

/// <summary>The fields of an upload. The file's bytes go straight to the disk.</summary>
/// <param name="Purpose">One of <see cref="FilePurpose"/>.</param>
/// <param name="Name">The file's name without folders and control characters; never empty.</param>
internal sealed record UploadForm(string Purpose, string Name)
{
    private const int MaxBoundaryChars = 200;
    private const int MaxFieldBytes = 256;
    private const int MaxNameChars = 255;
    private const int MaxHeaders = 16;
    private const int MaxHeaderBytes = 8 * 1024;
    private const int MaxSections = 32;
    private const int PieceBytes = 64 * 1024;

    /// <summary>Reads the form; the file's bytes are written to <paramref name="bytes"/>.</summary>
    public static async ValueTask<(UploadForm? Form, WireError? Error)> ReadAsync(
        HttpRequest request, Stream bytes, FileQuota quota, CancellationToken cancellationToken)
    {
        if (BoundaryOf(request) is not { } boundary)
        {
            return (null, FileErrors.Form($"its Content-Type is '{Protocol.Json.JsonDescription.Cut(request.ContentType ?? "")}'"));
        }

        if (request.ContentLength > quota.MaxFileBytes + (1 << 20))
        {
            return (null, FileErrors.TooLarge(quota));
        }

        MultipartReader reader = new(boundary, request.Body) { HeadersCountLimit = MaxHeaders, HeadersLengthLimit = MaxHeaderBytes };
        try
        {
            return await ReadSectionsAsync(reader, bytes, quota, cancellationToken).ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault)
        {
            return (null, fault.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => FileErrors.TooLarge(quota),
                StatusCodes.Status408RequestTimeout => new WireError(ErrorCode.RequestTimeout, "Invalid request: the body arrived too slowly"),
                _ => FileErrors.Form("its transfer encoding is malformed or it ended early"),
            });
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return (null, FileErrors.Form("it is malformed or ended early"));
        }
    }

    private static async ValueTask<(UploadForm? Form, WireError? Error)> ReadSectionsAsync(
        MultipartReader reader, Stream bytes, FileQuota quota, CancellationToken cancellationToken)
    {
        string? purpose = null;
        string? name = null;
        for (int i = 0; await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section; i++)
        {
            if (i >= MaxSections)
            {
                return (null, FileErrors.Form($"it has more than {MaxSections} parts"));
            }

            ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
            string field = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString();
            if (field == "file")
            {
                if (name is not null)
                {
                    return (null, FileErrors.Form("it has more than one file"));
                }

                name = NameOf(disposition);
                if (!await TryCopyAsync(section.Body, bytes, quota.MaxFileBytes, cancellationToken).ConfigureAwait(false))
                {
                    return (null, FileErrors.TooLarge(quota));
                }
            }
            else if (field == "purpose")
            {
                if (purpose is not null)
                {
                    return (null, FileErrors.Form("it has more than one purpose"));
                }

                purpose = await ReadTextAsync(section.Body, cancellationToken).ConfigureAwait(false);
                if (!FilePurpose.All.Contains(purpose))
                {
                    return (null, FileErrors.Purpose(purpose));
                }
            }
        }

        if (name is null)
        {
            return (null, FileErrors.Form("it has no field file"));
        }

        if (purpose is null)
        {
            return (null, FileErrors.Purpose(null));
        }

        return bytes.Length == 0 ? (null, FileErrors.Empty()) : (new UploadForm(purpose, name), null);
    }

    private static string? BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxBoundaryChars ? boundary : null;
    }

    private static string NameOf(ContentDispositionHeaderValue? disposition)
    {
        string sent = HeaderUtilities.RemoveQuotes(disposition?.FileNameStar.HasValue is true ? disposition.FileNameStar : disposition?.FileName ?? default).ToString();
        string last = sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..];
        StringBuilder name = new();
        foreach (Rune letter in last.EnumerateRunes())
        {
            if (!Rune.IsControl(letter) && name.Length + letter.Utf16SequenceLength <= MaxNameChars)
            {
                name.Append(letter.ToString());
            }
        }

        return name.Length > 0 ? name.ToString() : "upload";
    }

    private static async ValueTask<bool> TryCopyAsync(Stream from, Stream to, long limitBytes, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[PieceBytes];
        while (await from.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is > 0 and int readBytes)
        {
            if (to.Length + readBytes > limitBytes)
            {
                return false;
            }

            await to.WriteAsync(piece.AsMemory(0, readBytes), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static async ValueTask<string> ReadTextAsync(Stream from, CancellationToken cancellationToken)
    {
        byte[] text = new byte[MaxFieldBytes];
        int length = await from.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text, 0, length).Trim();
    }
}
