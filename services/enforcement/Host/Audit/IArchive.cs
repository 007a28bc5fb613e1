using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Where segments are kept for years. What it says is written is durable. Segments are never changed; only retention removes them.</summary>
internal interface IArchive
{
    /// <summary>The first and the last segment that there are; null when there are none.</summary>
    (long First, long Last)? Range();

    /// <summary>A manifest, or null when there is no such segment.</summary>
    SegmentManifest? Manifest(long number);

    /// <summary>The lines of a segment, decompressed.</summary>
    /// <exception cref="InvalidDataException">The file is not what the manifest says, or not there.</exception>
    Stream Open(SegmentManifest manifest);

    /// <summary>Writes a segment, durably. It is there once its manifest is, and only one writer can make that.</summary>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="file">Its file.</param>
    /// <param name="fileWritten">Called between the two.</param>
    /// <returns>False when there is a segment of this number.</returns>
    bool TryWrite(SegmentManifest manifest, ReadOnlySpan<byte> file, Action fileWritten);

    /// <summary>Removes the segments before the one that <paramref name="mark"/> names, once the mark is durable. Idempotent.</summary>
    void Prune(PruneMark mark);

    /// <summary>Lists a public key.</summary>
    void AddKey(string keyId, byte[] publicKey);
}
