namespace Baltoro.Storage;

/// <summary>The store cannot be used; the message names path, expected and found, and is meant for the operator.</summary>
public sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
