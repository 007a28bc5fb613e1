using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>What a snapshot says of itself.</summary>
/// <param name="StoreId">The set of banks that it is of.</param>
/// <param name="Version">The banks' version up to which every change is in it.</param>
/// <param name="Anchor">A hash of the change that made that version; a store that was put back to an earlier state has another there. 0 before the first.</param>
/// <param name="Count">Entries.</param>
/// <param name="Pictures">PDQ entries among them.</param>
public sealed record SnapshotHeader(string StoreId, long Version, ulong Anchor, int Count, int Pictures);

/// <summary>A file that is no snapshot that can be used; the message says why.</summary>
public sealed class SnapshotException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// The file: eight bytes that name it, the format's version (4), then blocks of length (4), kind (1), payload and an XXH3 of all three that is
/// seeded with the block's number. Blocks are one header, one of words, pages of records (PDQ first, sorted by hash, so that a load sorts nothing), one end.
/// Numbers are little-endian. What is derived, such as the index's tables, is made anew by the reader.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>Counts up with every change of the file or of <see cref="RecordWriter"/>'s records.</summary>
    public const int Version = 1;

    public const int MagicLength = 8;

    /// <summary>More than any block has.</summary>
    private const int MaxBlockBytes = 1 << 24;

    private const int PageLength = 1 << 20;
    private const int BlockHeadLength = 5;

    private static ReadOnlySpan<byte> Magic => "MODBANKS"u8;

    private enum Block : byte
    {
        Header = 1,
        Words = 2,
        Page = 3,
        End = 4,
    }

    /// <summary>Writes the state of a catalogue.</summary>
    public static void Write(Stream stream, SnapshotHeader header, CatalogueMoment moment)
    {
        Span<byte> start = stackalloc byte[MagicLength + sizeof(int)];
        Magic.CopyTo(start);
        BinaryPrimitives.WriteInt32LittleEndian(start[MagicLength..], Version);
        stream.Write(start);
        var writer = new BlockWriter(stream);
        writer.Write(Block.Header, ToBytes(header));
        writer.Write(Block.Words, ToBytes(moment.Words));
        var page = new byte[PageLength];
        var used = 0;
        var pages = 0;
        var count = 0;
        foreach (var record in moment.Records())
        {
            if (used + record.Length > page.Length)
            {
                writer.Write(Block.Page, page.AsSpan(0, used));
                (used, pages) = (0, pages + 1);
            }
            if (record.Length > page.Length)
                throw new InvalidOperationException("An entry is larger than a page of a snapshot.");
            record.Span.CopyTo(page.AsSpan(used));
            page[used + EntryRecord.LifeOffset] = EntryRecord.Living;
            used += record.Length;
            count++;
        }
        if (used > 0)
        {
            writer.Write(Block.Page, page.AsSpan(0, used));
            pages++;
        }
        if (count != header.Count)
            throw new InvalidOperationException($"{count} records were written where {header.Count} entries are.");
        Span<byte> end = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(end, pages);
        writer.Write(Block.End, end);
    }

    /// <summary>Reads what stands before the records.</summary>
    /// <exception cref="SnapshotException">It is no snapshot, of another format, or damaged.</exception>
    public static SnapshotReader Open(Stream stream)
    {
        Span<byte> start = stackalloc byte[MagicLength + sizeof(int)];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..MagicLength].SequenceEqual(Magic))
            throw new SnapshotException("It is not a snapshot of banks.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(start[MagicLength..]);
        if (version != Version)
            throw new SnapshotException($"It is of format {version}; this program reads and writes format {Version}.");
        return new SnapshotReader(stream);
    }

    private static byte[] ToBytes(SnapshotHeader header)
    {
        var id = Encoding.UTF8.GetBytes(header.StoreId);
        var bytes = new byte[24 + id.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), header.Anchor);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), header.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), header.Pictures);
        id.CopyTo(bytes, 24);
        return bytes;
    }

    private static byte[] ToBytes(IReadOnlyList<string> words)
    {
        var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var word in words)
        {
            var text = Encoding.UTF8.GetBytes(word);
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            bytes.Write(length);
            bytes.Write(text);
        }
        return bytes.ToArray();
    }

    /// <summary>Reads a snapshot from its start to its end.</summary>
    public sealed class SnapshotReader
    {
        private readonly Stream _stream;
        private readonly byte[] _head = new byte[BlockHeadLength];
        private int _block;

        public SnapshotReader(Stream stream)
        {
            _stream = stream;
            var bytes = Expect(Block.Header);
            if (bytes.Length < 24)
                throw new SnapshotException("Its header is too short.");
            Header = new SnapshotHeader(
                Encoding.UTF8.GetString(bytes.AsSpan(24)), BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(20)));
        }

        public SnapshotHeader Header { get; }

        /// <summary>Reads all entries.</summary>
        /// <exception cref="SnapshotException">It is damaged.</exception>
        public EntryTable ReadTable(int threads)
        {
            var table = new EntryTable(threads);
            var words = Expect(Block.Words);
            for (var at = 0; at < words.Length;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(words.AsSpan(at));
                table.Words.TryIntern(Encoding.UTF8.GetString(words.AsSpan(at + sizeof(int), length)), out _);
                at += sizeof(int) + length;
            }
            try
            {
                table.Load(Pages(), Header.Count, Header.Pictures);
            }
            catch (InvalidDataException wrong)
            {
                throw new SnapshotException(wrong.Message, wrong);
            }
            return table;
        }

        private IEnumerable<byte[]> Pages()
        {
            // The next page is read while this one is taken apart.
            var ahead = Task.Run(Next);
            for (var pages = 0; ; pages++)
            {
                var (kind, bytes) = ahead.GetAwaiter().GetResult();
                if (kind == Block.Page)
                {
                    ahead = Task.Run(Next);
                    yield return bytes;
                    continue;
                }
                if (kind != Block.End || bytes.Length != sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(bytes) != pages || _stream.ReadByte() >= 0)
                    throw new SnapshotException("Its end is not where it should be.");
                yield break;
            }
        }

        private byte[] Expect(Block kind)
        {
            var (found, bytes) = Next();
            return found == kind ? bytes : throw new SnapshotException($"Block {_block - 1} is of another kind than {kind}.");
        }

        private (Block Kind, byte[] Bytes) Next()
        {
            if (_stream.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false) < _head.Length)
                throw new SnapshotException($"It breaks off before block {_block}.");
            var length = BinaryPrimitives.ReadInt32LittleEndian(_head);
            if (length is < 0 or > MaxBlockBytes)
                throw new SnapshotException($"Block {_block} has an impossible length.");
            var bytes = GC.AllocateUninitializedArray<byte>(length);
            Span<byte> sum = stackalloc byte[sizeof(ulong)];
            if (_stream.ReadAtLeast(bytes, length, throwOnEndOfStream: false) < length || _stream.ReadAtLeast(sum, sum.Length, throwOnEndOfStream: false) < sum.Length)
                throw new SnapshotException($"It breaks off in block {_block}.");
            if (BinaryPrimitives.ReadUInt64LittleEndian(sum) != SumOf(_block, _head, bytes))
                throw new SnapshotException($"The checksum of block {_block} is wrong.");
            _block++;
            return ((Block)_head[^1], bytes);
        }
    }

    private static ulong SumOf(int block, ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload)
    {
        var sum = XxHash3.HashToUInt64(head, block);
        return XxHash3.HashToUInt64(payload, (long)sum);
    }

    private sealed class BlockWriter(Stream stream)
    {
        private int _block;

        public void Write(Block kind, ReadOnlySpan<byte> payload)
        {
            Span<byte> head = stackalloc byte[BlockHeadLength];
            BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
            head[^1] = (byte)kind;
            Span<byte> sum = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(sum, SumOf(_block++, head, payload));
            stream.Write(head);
            stream.Write(payload);
            stream.Write(sum);
        }
    }
}
