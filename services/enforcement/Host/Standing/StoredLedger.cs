using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;

namespace Moderation.Enforcement.Host.Standing;

/// <summary>
/// A ledger as Redis keeps it: frames one after another, each its length (2 bytes, big-endian) and a record. Entries are only ever added, so that a
/// commit need not have read what is there; a later frame of a decision takes the place of its earlier one. Whatever is added changes the length,
/// so the length is the version. A ledger that was written anew begins with 0xFF, the version that it replaced and a semicolon, and counts on from there.
/// </summary>
internal static class StoredLedger
{
    private const byte Rewritten = 0xFF;
    private const int LengthBytes = 2;

    /// <summary>What to append for entries that are new or changed.</summary>
    /// <exception cref="ArgumentException">An entry is longer than a frame can be.</exception>
    public static byte[] Frames(IEnumerable<(string DecisionId, LedgerRecord Record)> entries)
    {
        using var frames = new MemoryStream();
        foreach (var (id, record) in entries)
        {
            var named = record.Clone();
            named.DecisionId = id;
            var payload = named.ToByteArray();
            var frame = new byte[LengthBytes + RecordCompression.MostOf(payload.Length)];
            var length = RecordCompression.Compress(payload, frame.AsSpan(LengthBytes));
            if (length >= Rewritten << 8)
            {
                throw new ArgumentException($"the ledger's entry of {id} takes {length} bytes; {(Rewritten << 8) - 1} is the most", nameof(entries));
            }

            BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
            frames.Write(frame, 0, LengthBytes + length);
        }

        return frames.ToArray();
    }

    /// <summary>A ledger of these entries in the place of the one with that version; empty when there are none.</summary>
    public static byte[] Anew(string version, IReadOnlyCollection<(string DecisionId, LedgerRecord Record)> entries)
        => entries.Count == 0 ? [] : [Rewritten, .. Encoding.ASCII.GetBytes(version), (byte)';', .. Frames(entries)];

    /// <summary>The entries, in the order in which they were first made, and the version.</summary>
    public static AccountLedger Read(byte[] stored)
    {
        var (at, replaced) = (0, 0L);
        if (stored.Length > 0 && stored[0] == Rewritten)
        {
            at = Array.IndexOf(stored, (byte)';') + 1;
            replaced = long.Parse(Encoding.ASCII.GetString(stored, 1, at - 2), NumberStyles.None, CultureInfo.InvariantCulture);
        }

        var records = new OrderedDictionary<string, LedgerRecord>(StringComparer.Ordinal);
        while (at < stored.Length)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(stored.AsSpan(at));
            var record = LedgerRecord.Parser.ParseFrom(RecordCompression.Decompress(stored.AsSpan(at + LengthBytes, length)));
            records[record.DecisionId] = record;
            at += LengthBytes + length;
        }

        return new AccountLedger(
            [.. records.Select(r => LedgerMapping.ToEntry(r.Key, r.Value))],
            records.Where(r => r.Value.Confirms.Length > 0).ToDictionary(r => r.Key, r => r.Value.Confirms, StringComparer.Ordinal),
            (replaced + stored.Length).ToString(CultureInfo.InvariantCulture));
    }
}
