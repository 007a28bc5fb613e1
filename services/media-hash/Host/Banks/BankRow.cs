using System.Globalization;
using System.Text;
using Google.Protobuf;
using Moderation.MediaHash.Banks;
using Contract = Moderation.Contracts.V1;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>A row as it lies in the store: "incarnation version content payload", the payload being the contract's entry.</summary>
/// <param name="Incarnation">Counts the addings of a prefix: a later life of an entry has a greater one.</param>
/// <param name="Version">The banks' version that published it; 0 before that, -1 while it is being removed.</param>
/// <param name="Entry">The entry.</param>
internal sealed record BankRow(long Incarnation, long Version, BankEntry Entry)
{
    public bool IsPublished => Version > 0;

    public bool IsBeingRemoved => Version < 0;

    /// <summary>What two requests for one identity must agree in; free of spaces.</summary>
    public static string ContentOf(BankEntry entry) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)entry.Kind}:{entry.Value}:{(int)entry.Category}{(entry.Terms.IsNegative ? ":negative" : "")}");

    public static byte[] PayloadOf(BankEntry entry) => entry.ToContract().ToByteArray();

    public static BankEntry ReadPayload(ReadOnlySpan<byte> payload) => Contract.BankEntry.Parser.ParseFrom(payload).ToCore();

    public static BankRow Read(ReadOnlySpan<byte> row)
    {
        var incarnation = TakeNumber(ref row);
        var version = TakeNumber(ref row);
        TakeWord(ref row);
        return new BankRow(incarnation, version, ReadPayload(row));
    }

    private static long TakeNumber(ref ReadOnlySpan<byte> row) =>
        long.Parse(TakeWord(ref row), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string TakeWord(ref ReadOnlySpan<byte> row)
    {
        var end = row.IndexOf((byte)' ');
        if (end < 0)
            throw new InvalidDataException("A bank row in the store is not \"incarnation version content payload\".");
        var word = Encoding.ASCII.GetString(row[..end]);
        row = row[(end + 1)..];
        return word;
    }
}
