using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// An entry as <see cref="RecordWriter"/> wrote it. What tells it from others is read at once, the rest when <see cref="ToEntry"/> is called.
/// </summary>
internal readonly ref struct EntryRecord
{
    /// <summary>Bytes before the fields: the record's length and <see cref="LifeOffset"/>.</summary>
    public const int HeadLength = 5;

    /// <summary>Where the byte lies that says whether the entry is still there.</summary>
    public const int LifeOffset = 4;

    /// <summary>It is.</summary>
    public const byte Living = 0;

    /// <summary>It was removed or written anew.</summary>
    public const byte Dead = 1;

    private readonly ReadOnlySpan<byte> _record;
    private readonly WordTable _words;
    private readonly int _bankWord;
    private readonly ReadOnlySpan<byte> _bank;
    private readonly ReadOnlySpan<byte> _value;
    private readonly bool _isText;
    private readonly byte _category;
    private readonly byte _severity;
    private readonly int _rest;

    /// <param name="record">The record, and perhaps what follows it.</param>
    /// <param name="words">The words that it names by number.</param>
    public EntryRecord(ReadOnlySpan<byte> record, WordTable words)
    {
        _record = record[..BinaryPrimitives.ReadInt32LittleEndian(record)];
        _words = words;
        var at = HeadLength;
        Incarnation = (long)Number(_record, ref at);
        Kind = (HashKind)_record[at];
        _category = _record[at + 1];
        _severity = _record[at + 2];
        State = (EntryState)_record[at + 3];
        at += 4;
        var bank = Number(_record, ref at);
        _bankWord = (bank & 1) == 0 ? (int)(bank >> 1) : -1;
        if (_bankWord < 0)
            _bank = Take(_record, ref at, (int)(bank >> 1));
        EntryId = Take(_record, ref at, (int)Number(_record, ref at));
        var value = Number(_record, ref at);
        _isText = (value & 1) != 0;
        _value = Take(_record, ref at, (int)(value >> 1));
        _rest = at;
    }

    /// <summary>Bytes.</summary>
    public int Length => _record.Length;

    /// <summary>Whether the entry is there no longer, or elsewhere.</summary>
    public bool IsDead => _record[LifeOffset] == Dead;

    public long Incarnation { get; }

    public HashKind Kind { get; }

    public EntryState State { get; }

    /// <summary>The entry id in UTF-8.</summary>
    public ReadOnlySpan<byte> EntryId { get; }

    /// <summary>The bank's id.</summary>
    public string BankId => _bankWord >= 0 ? _words[_bankWord] : Encoding.UTF8.GetString(_bank);

    /// <summary>The hash under which the identity lies.</summary>
    public ulong KeyHash => XxHash3.HashToUInt64(EntryId, (long)(_bankWord >= 0 ? _words.Hash(_bankWord) : WordTable.HashOf(_bank)));

    /// <summary>The hash under which the value lies, of exact kinds.</summary>
    public ulong ValueHash => XxHash3.HashToUInt64(_value, (long)Kind);

    /// <summary>The hash of a PDQ entry.</summary>
    public PdqHash Pdq => _isText ? PdqHash.Parse(Encoding.UTF8.GetString(_value)) : PdqHash.FromBytes(_value);

    /// <summary>The hash under which an identity lies.</summary>
    public static ulong HashOf(BankEntryKey key) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(key.EntryId), (long)WordTable.HashOf(Encoding.UTF8.GetBytes(key.BankId)));

    /// <summary>The hash under which a value of an exact kind lies.</summary>
    public static ulong HashOf(HashKind kind, ReadOnlySpan<byte> value) => XxHash3.HashToUInt64(value, (long)kind);

    /// <summary>Whether this is an entry of that identity.</summary>
    public bool Is(BankEntryKey key) => BankId == key.BankId && Encoding.UTF8.GetByteCount(key.EntryId) == EntryId.Length && Encoding.UTF8.GetString(EntryId) == key.EntryId;

    /// <summary>Whether this is an entry of that kind and value.</summary>
    public bool Is(HashKind kind, ReadOnlySpan<byte> value) => Kind == kind && !_isText && _value.SequenceEqual(value);

    /// <summary>The value as the contract writes it.</summary>
    public static string ValueOf(HashKind kind, ReadOnlySpan<byte> bytes)
    {
        if (kind != HashKind.Vpdq || bytes.Length <= PdqHash.ByteLength)
            return Convert.ToHexStringLower(bytes);
        var text = new StringBuilder(bytes.Length * 2 + bytes.Length / PdqHash.ByteLength);
        for (var at = 0; at < bytes.Length; at += PdqHash.ByteLength)
            text.Append(at == 0 ? "" : ",").Append(Convert.ToHexStringLower(bytes.Slice(at, Math.Min(PdqHash.ByteLength, bytes.Length - at))));
        return text.ToString();
    }

    /// <summary>The whole entry.</summary>
    public BankEntry ToEntry()
    {
        var at = _rest;
        var created = new DateTimeOffset((long)Number(_record, ref at), TimeSpan.Zero);
        var creator = Word(ref at);
        var source = Word(ref at);
        var note = Encoding.UTF8.GetString(Take(_record, ref at, (int)Number(_record, ref at)));
        return new BankEntry(
            new BankEntryKey(BankId, Encoding.UTF8.GetString(EntryId)), (HarmCategory)_category, Kind,
            _isText ? Encoding.UTF8.GetString(_value) : ValueOf(Kind, _value), source, note, creator, created)
        {
            Severity = (EntrySeverity)_severity,
            Labels = Words(ref at),
            Terms = Terms(ref at),
        };
    }

    private EntryTerms Terms(ref int at)
    {
        if (_record[at++] == 0)
            return State == EntryState.Active ? EntryTerms.Default : EntryTerms.Default with { State = State };
        var disabledUntil = Time(ref at);
        var reviewed = Time(ref at);
        var radius = (int)Number(_record, ref at);
        var share = BinaryPrimitives.ReadDoubleLittleEndian(_record[at..]);
        at += 8;
        return new EntryTerms
        {
            State = State,
            DisableEndTime = disabledUntil,
            ReviewTime = reviewed,
            MatchRadius = radius,
            TrafficShare = share,
            IsNegative = Number(_record, ref at) != 0,
            MinQueryPercent = (int)Number(_record, ref at),
            MinReferencePercent = (int)Number(_record, ref at),
            TenantIds = Words(ref at),
        };
    }

    private DateTimeOffset? Time(ref int at) => Number(_record, ref at) is > 0 and var ticks ? new DateTimeOffset((long)ticks - 1, TimeSpan.Zero) : null;

    private WordList Words(ref int at)
    {
        var words = new string[Number(_record, ref at)];
        for (var i = 0; i < words.Length; i++)
            words[i] = Word(ref at);
        return WordList.Create(words);
    }

    private string Word(ref int at)
    {
        var number = Number(_record, ref at);
        return (number & 1) == 0 ? _words[(int)(number >> 1)] : Encoding.UTF8.GetString(Take(_record, ref at, (int)(number >> 1)));
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> record, scoped ref int at, int length)
    {
        var taken = record.Slice(at, length);
        at += length;
        return taken;
    }

    private static ulong Number(ReadOnlySpan<byte> record, scoped ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = record[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
