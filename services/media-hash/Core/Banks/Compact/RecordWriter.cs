using System.Buffers.Binary;
using System.Text;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// Writes entries as records: length (4 bytes), state of life (1), then incarnation, kind, category, severity, state, bank, entry id, value,
/// time, creator, source, note, labels and, where they are not the usual ones, terms. Numbers are variable in length, hexadecimal is kept as bytes.
/// What this writes is what a snapshot holds: a change here is a new <see cref="SnapshotFormat.Version"/>.
/// </summary>
internal sealed class RecordWriter(WordTable words)
{
    private byte[] _buffer = new byte[512];
    private int _length;

    /// <summary>The record of an entry; valid until the next one is written.</summary>
    public ReadOnlySpan<byte> Write(BankEntry entry, long incarnation)
    {
        _length = EntryRecord.HeadLength;
        Number((ulong)incarnation);
        Room(4)[0] = (byte)entry.Kind;
        _buffer[_length + 1] = (byte)entry.Category;
        _buffer[_length + 2] = (byte)entry.Severity;
        _buffer[_length + 3] = (byte)entry.Terms.State;
        _length += 4;
        Word(entry.Key.BankId);
        Text(entry.Key.EntryId);
        Value(entry);
        Number((ulong)entry.CreateTime.UtcTicks);
        Word(entry.Creator);
        Word(entry.Source);
        Text(entry.Note);
        Words(entry.Labels);
        Terms(entry.Terms);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length);
        _buffer[EntryRecord.LifeOffset] = EntryRecord.Living;
        return _buffer.AsSpan(0, _length);
    }

    private void Terms(EntryTerms terms)
    {
        var isUsual = terms == EntryTerms.Default with { State = terms.State };
        Room(1)[0] = isUsual ? (byte)0 : (byte)1;
        _length++;
        if (isUsual)
            return;
        Time(terms.DisableEndTime);
        Time(terms.ReviewTime);
        Number((ulong)terms.MatchRadius);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), terms.TrafficShare);
        _length += 8;
        Number(terms.IsNegative ? 1UL : 0);
        Number((ulong)terms.MinQueryPercent);
        Number((ulong)terms.MinReferencePercent);
        Words(terms.TenantIds);
    }

    // No time is 0; ticks of a time are never.
    private void Time(DateTimeOffset? time) => Number(time is { } known ? (ulong)known.UtcTicks + 1 : 0);

    private void Value(BankEntry entry)
    {
        var digits = entry.Kind == HashKind.Vpdq ? entry.Value.Replace(",", "", StringComparison.Ordinal) : entry.Value;
        var isHex = digits.Length % 2 == 0 && digits.AsSpan().TrimStart("0123456789abcdef").IsEmpty && EntryRecord.ValueOf(entry.Kind, Convert.FromHexString(digits)) == entry.Value;
        if (!isHex)
        {
            // Stored before rules were as strict: kept as it is.
            var bytes = Encoding.UTF8.GetBytes(entry.Value);
            Number(((ulong)bytes.Length << 1) | 1);
            Bytes(bytes);
            return;
        }
        Number((ulong)(digits.Length / 2) << 1);
        Convert.FromHexString(digits, Room(digits.Length / 2), out _, out var written);
        _length += written;
    }

    private void Words(WordList list)
    {
        Number((ulong)list.Count);
        foreach (var word in list)
            Word(word);
    }

    // An even number is a shared word, an odd one the length of what follows.
    private void Word(string word)
    {
        if (words.TryIntern(word, out var number))
        {
            Number((ulong)number << 1);
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(word);
        Number(((ulong)bytes.Length << 1) | 1);
        Bytes(bytes);
    }

    private void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number((ulong)length);
        _length += Encoding.UTF8.GetBytes(text, Room(length));
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private void Number(ulong value)
    {
        var room = Room(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
            room[i++] = (byte)(value | 0x80);
        room[i++] = (byte)value;
        _length += i;
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        return _buffer.AsSpan(_length);
    }
}
