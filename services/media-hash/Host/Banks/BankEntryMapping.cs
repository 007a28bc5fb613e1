using Google.Protobuf.WellKnownTypes;
using Moderation.MediaHash.Banks;
using Contract = Moderation.Contracts.V1;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Between the contract's entry and the core's. The enums have the same numbers; a test compares them.</summary>
internal static class BankEntryMapping
{
    /// <summary>The entry as a caller sent it, its value in lower case.</summary>
    public static BankEntry ToCore(this Contract.BankEntry entry, string creator, DateTimeOffset createTime) => new(
        new BankEntryKey(entry.BankId, entry.EntryId), (HarmCategory)entry.Category, (HashKind)entry.Kind, LowerHex(entry.Value),
        entry.Source, entry.Note, creator, createTime);

    /// <summary>The entry as it was stored.</summary>
    public static BankEntry ToCore(this Contract.BankEntry entry) => entry.ToCore(entry.Creator, entry.CreateTime.ToDateTimeOffset());

    public static Contract.BankEntry ToContract(this BankEntry entry) => new()
    {
        BankId = entry.Key.BankId,
        EntryId = entry.Key.EntryId,
        Category = (Contract.HarmCategory)entry.Category,
        Kind = (Contract.HashKind)entry.Kind,
        Value = entry.Value,
        Source = entry.Source,
        Note = entry.Note,
        Creator = entry.Creator,
        CreateTime = entry.CreateTime.ToTimestamp(),
    };

    public static Contract.BankMatch ToContract(this BankMatch match) => new()
    {
        MediaId = match.MediaId,
        BankId = match.Entry.Key.BankId,
        EntryId = match.Entry.Key.EntryId,
        Category = (Contract.HarmCategory)match.Entry.Category,
        Kind = (Contract.HashKind)match.Entry.Kind,
        Distance = match.Distance,
        Quality = match.Quality,
        QueryPercent = (float)(match.Video?.Score.QueryPercent ?? 0),
        ReferencePercent = (float)(match.Video?.Score.ReferencePercent ?? 0),
        FrameTimes = { (match.Video?.FrameTimes ?? []).Select(Duration.FromTimeSpan) },
    };

    // Hexadecimal has one lower case in every culture; anything else is refused by the rules afterwards.
    private static string LowerHex(string value) => string.Create(value.Length, value, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = char.ToLowerInvariant(from[i]);
    });
}
