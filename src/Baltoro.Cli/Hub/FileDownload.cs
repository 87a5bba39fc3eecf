using System.Net;

namespace Baltoro.Cli.Hub;

/// <summary>
/// Brings one file of a repository into a folder. The bytes go to <c>NAME.partial</c>, an interrupted download goes on there,
/// and the file appears under its name only when its hash is right.
/// </summary>
internal sealed class FileDownload(HubClient hub, HubRepository repository, string folder, TimeProvider clock)
{
    private const int BufferBytes = 1 << 20;
    private const int Attempts = 6;

    private static readonly TimeSpan _silenceLimit = TimeSpan.FromSeconds(60);

    /// <summary>Makes sure that the file is there; whether anything had to be fetched. A file of the right hash is kept.</summary>
    /// <exception cref="HubException">The hub does not send it, or sends other bytes than it promised, twice.</exception>
    public async Task<bool> RunAsync(HubFile file, Action<long> progress, CancellationToken cancellationToken)
    {
        string target = Path.Combine([folder, .. file.Name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(target) && new FileInfo(target).Length == file.SizeBytes && await IsRightAsync(target, file, cancellationToken).ConfigureAwait(false))
        {
            progress(file.SizeBytes);
            return false;
        }

        string partial = target + ".partial";
        int wrongHashes = 0;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await FetchAsync(file, partial, progress, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (HubException fault) when (fault.IsTransient && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, 1 << attempt) / 2.0), clock, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException) when (++wrongHashes < 2)
            {
                File.Delete(partial);
            }
            catch (InvalidDataException fault)
            {
                File.Delete(partial);
                throw new HubException($"{repository.Id}: {fault.Message}", inner: fault);
            }
        }

        File.Move(partial, target, overwrite: true);
        return true;
    }

    private static async Task<bool> IsRightAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        using ContentHash hash = new(file);
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
        await AppendAsync(stream, hash, cancellationToken).ConfigureAwait(false);
        return hash.Mismatch() is null;
    }

    private static async Task AppendAsync(Stream stream, ContentHash hash, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.Append(buffer.AsSpan(0, read));
        }
    }

    private async Task FetchAsync(HubFile file, string partial, Action<long> progress, CancellationToken cancellationToken)
    {
        using ContentHash hash = new(file);
        await using FileStream output = new(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, useAsync: true);
        if (output.Length > file.SizeBytes)
        {
            output.SetLength(0);
        }

        await AppendAsync(output, hash, cancellationToken).ConfigureAwait(false);
        if (output.Length < file.SizeBytes)
        {
            await ContinueAsync(file, output, hash, progress, cancellationToken).ConfigureAwait(false);
        }

        progress(output.Length);
        if (output.Length != file.SizeBytes)
        {
            throw new HubException($"{file.Name}: expected {file.SizeBytes} bytes, the hub sent {output.Length}", isTransient: output.Length < file.SizeBytes);
        }

        if (hash.Mismatch() is (string expected, string found))
        {
            throw new InvalidDataException($"{file.Name}: expected the hash {expected}, found {found}");
        }
    }

    private async Task ContinueAsync(HubFile file, FileStream output, ContentHash hash, Action<long> progress, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await hub.OpenAsync(repository, file, output.Length, cancellationToken).ConfigureAwait(false);
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == output.Length;
        if (output.Length > 0 && !goesOn)
        {
            // The hub starts again or elsewhere: what is here cannot be continued, the next attempt begins anew.
            output.SetLength(0);
            throw new HubException($"{file.Name}: the hub does not continue a download", isTransient: true);
        }

        await using Stream input = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await ReadAsync(file, input, buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (output.Length + read > file.SizeBytes)
            {
                throw new HubException($"{file.Name}: expected {file.SizeBytes} bytes, the hub sends more");
            }

            hash.Append(buffer.AsSpan(0, read));
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            progress(output.Length);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ReadAsync(HubFile file, Stream input, byte[] buffer, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_silenceLimit);
        try
        {
            return await input.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            throw new HubException($"{file.Name}: {fault.Message}", isTransient: true, fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubException($"{file.Name}: no bytes for {_silenceLimit.TotalSeconds:F0} seconds", isTransient: true);
        }
    }
}
