using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>The part of <c>models verify</c> that reads packed files whole; a start reads only their headers and what it needs.</summary>
public static class PackedVerifier
{
    /// <summary>
    /// What is wrong with the packed files of the model at <paramref name="modelPath"/> in <paramref name="folder"/>, for every kernel variant of this machine; empty
    /// when they are sound or there are none. Throws <see cref="Diagnostics.ModelFormatException"/> for a model that cannot be read.
    /// </summary>
    public static IReadOnlyList<string> FindDamage(string modelPath, string folder)
    {
        (KimiConfig _, IWeightSource source) = ModelFiles.Open(modelPath);
        using (source)
        {
            byte[] identity = ModelIdentity.Of(source.Files);
            List<string> damage = [];
            PackedCache cache = new(new PackedCacheOptions { Folder = folder, Report = damage.Add });
            foreach (WeightForm form in KernelCatalog.Supported.Select(name => WeightForm.Of(KernelCatalog.Select(name))).Distinct())
            {
                using PackedFile? file = cache.Find(new PackedKey(identity, form));
                damage.AddRange(file?.FindDamage() ?? []);
            }

            return damage;
        }
    }
}
