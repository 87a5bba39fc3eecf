namespace Baltoro.Engine.Weights;

/// <summary>
/// Where weights lie that cannot be used as the model's files store them: in memory, in a packed file that is being written, or in
/// one that is mapped. A load asks for the same names in the same order every time. Threads: the loading thread.
/// </summary>
internal unsafe interface IWeightStore : IDisposable
{
    /// <summary>Bytes held.</summary>
    long ByteCount { get; }

    /// <summary>The matrix that an earlier load kept as <paramref name="name"/>; null where this load has to make it.</summary>
    /// <exception cref="Packed.PackedMismatchException">The store holds another one at this place.</exception>
    WeightMatrix? Take(string name);

    /// <summary>Uninitialised memory, 64-byte aligned; <paramref name="tiles"/> for weights that every token reads.</summary>
    void* Allocate(long bytes, bool tiles);

    /// <summary>Takes over a finished matrix whose memory came from <see cref="Allocate"/>.</summary>
    void Keep(string name, WeightMatrix matrix);

    /// <summary>
    /// The matrices so far were read for the last time by this load. Only a store that is being written gives their memory back; its load's
    /// results are not used.
    /// </summary>
    void Settle();
}
