using Baltoro.Platform.Files;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Files;

/// <summary>Errors of <c>/v1/files</c>, in the platform's words where it has some.</summary>
internal static class FileErrors
{
    public static WireError NotFound(string id) =>
        new(ErrorCode.FileNotFound, $"Not found the file {JsonDescription.Cut(id)} or Permission denied", "file_id");

    public static WireError Purpose(string? found) => WireError.Exact(
        $"Invalid purpose: only {string.Join(", ", FilePurpose.All.Select(name => $"'{name}'"))} accepted, "
            + (found is null ? "found none" : $"found '{JsonDescription.Cut(found)}'"),
        "purpose");

    public static WireError TooLarge(FileQuota quota) => WireError.Exact(
        $"File size is too large, max file size is {quota.MaxFileBytes >> 20}MB, please confirm and re-upload the file", "file");

    public static WireError Empty() => WireError.Exact("File size is zero, please confirm and re-upload the file", "file");

    public static WireError Form(string problem) =>
        WireError.Exact($"Invalid request: the body must be multipart/form-data with the fields file and purpose: {problem}", "file");

    public static WireError NotExtracted(string? problem) => WireError.Exact($"Failed to extract file: {problem}", "file");

    public static WireError Crowded() => new(
        ErrorCode.EngineOverloaded, "The engine is currently overloaded: too many documents are being read, please try again later", "file");

    public static WireError OverQuota(FileAddCode code, FileQuota quota) => code switch
    {
        FileAddCode.TooManyFiles => WireError.Exact(
            $"The number of files you have uploaded exceeded the max file count {quota.MaxFiles}, please delete previous uploaded files", "file"),
        FileAddCode.TooManyBytes => WireError.Exact(
            $"The total size of files you have uploaded exceeded the max total size {quota.MaxTotalBytes >> 20}MB, please delete previous uploaded files",
            "file"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "no refusal"),
    };
}
