using System.Text.Json.Serialization;

namespace Baltoro.Storage.Backup;

/// <summary>What a backup file holds; its last part, and read first.</summary>
/// <param name="Format">Of the file; this program writes and reads 1.</param>
/// <param name="Program">Version of the program that wrote it.</param>
/// <param name="CreatedAt">When its snapshot was taken.</param>
/// <param name="Store">Kind of the store it was taken from.</param>
/// <param name="Migrations">Schema scripts of that kind that had been applied.</param>
/// <param name="Parts">Tables and files, each with its hash.</param>
internal sealed record BackupManifest(
    int Format, string Program, DateTimeOffset CreatedAt, string Store, IReadOnlyList<int> Migrations, IReadOnlyList<BackupPart> Parts)
{
    public const int CurrentFormat = 1;
    public const string PartName = "manifest.json";
}

/// <summary>Readers and writers of the file's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
