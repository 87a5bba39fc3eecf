using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Server.Hosting;

/// <summary>The <c>system_fingerprint</c> of answers: the same while model and program are the same.</summary>
internal static class Fingerprint
{
    private const int HexChars = 8;

    private static readonly string _version =
        typeof(Fingerprint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Fingerprint of what <paramref name="backendName"/> names, served by this program.</summary>
    public static string Of(string backendName)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{backendName}\n{_version}"));
        return $"fpv0_{Convert.ToHexStringLower(hash)[..HexChars]}";
    }
}
