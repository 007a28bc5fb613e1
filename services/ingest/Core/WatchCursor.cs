using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Moderation.Ingest;

/// <summary>
/// How far a consumer has read: the last sequence it handled in each shard. As text: base64url of one varint a shard, behind a version byte.
/// </summary>
public sealed class WatchCursor
{
    private const byte Version = 1;
    private readonly long[] _sequences;

    private WatchCursor(long[] sequences) => _sequences = sequences;

    /// <summary>The start of everything that is kept.</summary>
    public static WatchCursor Start(int shardCount) => new(new long[shardCount]);

    /// <summary>After the last event of each shard as given.</summary>
    public static WatchCursor After(IReadOnlyList<long> sequences) => new([.. sequences]);

    /// <summary>The last sequence handled in <paramref name="shard"/>; settable as events are handled.</summary>
    public long this[int shard]
    {
        get => _sequences[shard];
        set => _sequences[shard] = value;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>False when it is no cursor of an installation with <paramref name="shardCount"/> shards.</returns>
    public static bool TryParse(string text, int shardCount, [NotNullWhen(true)] out WatchCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text, out var length) || length < 1 + shardCount || length > 1 + (shardCount * 10))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes[0] != Version)
        {
            return false;
        }

        var input = new CodedInputStream(bytes, 1, bytes.Length - 1);
        var sequences = new long[shardCount];
        try
        {
            for (var shard = 0; shard < shardCount; shard++)
            {
                sequences[shard] = input.ReadInt64();
                if (sequences[shard] < 0)
                {
                    return false;
                }
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }

        cursor = new WatchCursor(sequences);
        return input.IsAtEnd;
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var bytes = new byte[1 + (_sequences.Length * 10)];
        bytes[0] = Version;
        var length = 1;
        foreach (var sequence in _sequences)
        {
            var value = (ulong)sequence;
            while (value >= 0x80)
            {
                bytes[length++] = (byte)(value | 0x80);
                value >>= 7;
            }

            bytes[length++] = (byte)value;
        }

        return Base64Url.EncodeToString(bytes.AsSpan(0, length));
    }
}
