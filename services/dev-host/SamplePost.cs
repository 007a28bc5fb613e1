using System.Text.Json;
using System.Text.Json.Serialization;

namespace Moderation.DevHost;

/// <summary>One line of the sample feed.</summary>
/// <param name="PostId">Its id.</param>
/// <param name="AccountId">Its author.</param>
/// <param name="ChannelId">Its channel.</param>
/// <param name="Language">BCP 47 tag of its text.</param>
/// <param name="Text">Its text.</param>
/// <param name="Media">Its pictures, as paths beside the feed.</param>
/// <param name="Expected">What a person would expect, written before any model was run.</param>
internal sealed record SamplePost(
    string PostId, string AccountId, string ChannelId, string Language, string Text, IReadOnlyList<string>? Media, SampleExpectation Expected)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<SamplePost> ReadFeed(string directory)
        => [.. File.ReadLines(Path.Combine(directory, "feed.ndjson")).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize<SamplePost>(l, Json)!)];

    public static IReadOnlyList<SampleBankEntry> ReadBank(string directory)
        => JsonSerializer.Deserialize<List<SampleBankEntry>>(File.ReadAllText(Path.Combine(directory, "bank.json")), Json)!;
}

/// <summary>What a person would expect of a post.</summary>
/// <param name="Verdict">The strictest measure, REVIEW or NONE.</param>
/// <param name="Category">The harm; null for NONE.</param>
/// <param name="AlsoOk">Other verdicts that a person could stand behind.</param>
internal sealed record SampleExpectation(string Verdict, string? Category, [property: JsonPropertyName("also_ok")] IReadOnlyList<string>? AlsoOk);

/// <summary>A picture whose fingerprint goes into a bank before the feed runs.</summary>
internal sealed record SampleBankEntry(string Bank, string EntryId, string Category, string Picture, string Note);
