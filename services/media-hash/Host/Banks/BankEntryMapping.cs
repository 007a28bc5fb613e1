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
        entry.Source, entry.Note, creator, createTime)
    {
        Severity = (EntrySeverity)entry.Severity,
        Labels = [.. entry.Labels],
        Terms = ToTerms(entry),
    };

    /// <summary>The entry as it was stored.</summary>
    public static BankEntry ToCore(this Contract.BankEntry entry) => entry.ToCore(entry.Creator, entry.CreateTime.ToDateTimeOffset());

    public static Contract.BankEntry ToContract(this BankEntry entry) => new Contract.BankEntry
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
        Severity = (Contract.BankEntrySeverity)entry.Severity,
        Labels = { entry.Labels },
    }.With(entry.Terms);

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
        Form = (Contract.PictureForm)match.Form,
        FrameTimes = { (match.Frame is { } frame ? [frame.Time] : match.Video?.FrameTimes ?? []).Select(Duration.FromTimeSpan) },
        FrameNumber = match.Frame?.Number ?? 0,
    };

    private static EntryTerms ToTerms(Contract.BankEntry entry) => new()
    {
        State = entry.State == Contract.BankEntryState.Unspecified ? EntryState.Active : (EntryState)entry.State,
        DisableEndTime = entry.DisableEndTime?.ToDateTimeOffset(),
        MatchRadius = entry.HasMatchRadius ? entry.MatchRadius : EntryTerms.Default.MatchRadius,
        TrafficShare = entry.HasTrafficShare ? entry.TrafficShare : EntryTerms.Default.TrafficShare,
        IsNegative = entry.IsNegative,
        TenantIds = [.. entry.TenantIds],
        MinQueryPercent = entry.HasMinQueryPercent ? entry.MinQueryPercent : EntryTerms.Default.MinQueryPercent,
        MinReferencePercent = entry.HasMinReferencePercent ? entry.MinReferencePercent : EntryTerms.Default.MinReferencePercent,
        ReviewTime = entry.ReviewTime?.ToDateTimeOffset(),
    };

    // What is as usual stays unset: a million entries lie in the store and cross the wire.
    private static Contract.BankEntry With(this Contract.BankEntry entry, EntryTerms terms)
    {
        var usual = EntryTerms.Default;
        entry.State = (Contract.BankEntryState)terms.State;
        entry.DisableEndTime = terms.DisableEndTime?.ToTimestamp();
        entry.IsNegative = terms.IsNegative;
        entry.TenantIds.AddRange(terms.TenantIds);
        entry.ReviewTime = terms.ReviewTime?.ToTimestamp();
        if (terms.MatchRadius != usual.MatchRadius)
            entry.MatchRadius = terms.MatchRadius;
        if (terms.TrafficShare < usual.TrafficShare)
            entry.TrafficShare = (float)terms.TrafficShare;
        if (terms.MinQueryPercent != usual.MinQueryPercent)
            entry.MinQueryPercent = terms.MinQueryPercent;
        if (terms.MinReferencePercent != usual.MinReferencePercent)
            entry.MinReferencePercent = terms.MinReferencePercent;
        return entry;
    }

    // Hexadecimal has one lower case in every culture; anything else is refused by the rules afterwards.
    private static string LowerHex(string value) => string.Create(value.Length, value, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = char.ToLowerInvariant(from[i]);
    });
}
