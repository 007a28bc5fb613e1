using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>An indexed hash: the caller's key and the hash it stands for.</summary>
/// <param name="Key">Chosen by the caller, unique in the index.</param>
/// <param name="Hash">The hash.</param>
public readonly record struct PdqIndexItem(long Key, PdqHash Hash);

/// <summary>An item within the radius of a search.</summary>
/// <param name="Key">The item's key.</param>
/// <param name="Distance">Differing bits, 0 to the radius.</param>
public readonly record struct PdqNeighbour(long Key, int Distance);
