using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>An indexed hash: the caller's key and the hash it stands for.</summary>
/// <param name="Key">Chosen by the caller, unique in the index for good.</param>
/// <param name="Hash">The hash.</param>
public readonly record struct PdqIndexItem(long Key, PdqHash Hash);

/// <summary>By hash, highest bits first, then by key.</summary>
internal sealed class HashOrder : IComparer<PdqIndexItem>
{
    public static readonly HashOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(PdqIndexItem x, PdqIndexItem y)
    {
        if (x.Hash.W3 != y.Hash.W3)
            return x.Hash.W3 < y.Hash.W3 ? -1 : 1;
        if (x.Hash.W2 != y.Hash.W2)
            return x.Hash.W2 < y.Hash.W2 ? -1 : 1;
        if (x.Hash.W1 != y.Hash.W1)
            return x.Hash.W1 < y.Hash.W1 ? -1 : 1;
        return x.Hash.W0 != y.Hash.W0 ? x.Hash.W0.CompareTo(y.Hash.W0) : x.Key.CompareTo(y.Key);
    }
}

/// <summary>An item within the radius of a search.</summary>
/// <param name="Key">The item's key.</param>
/// <param name="Distance">Differing bits, 0 to the radius.</param>
public readonly record struct PdqNeighbour(long Key, int Distance);
