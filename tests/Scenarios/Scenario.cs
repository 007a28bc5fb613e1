using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Testing;

namespace Moderation.Scenarios;

/// <summary>A case: a folder with post.json and expected.json, as scenarios/README.md has it.</summary>
internal sealed record Scenario(string Name, JsonObject PostJson, JsonObject Expected)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Directory { get; } = Repository.PathOf("tests", "Scenarios", "scenarios");

    public static string FeedDirectory { get; } = Repository.PathOf("services", "dev-host", "SampleFeed");

    public static Scenario Read(string name) => new(name, ReadJson(name, "post.json"), ReadJson(name, "expected.json"));

    public string Text => (string)PostJson["text"]!; // every case has one

    public bool Faulty(string source) => (string?)PostJson["faults"]?[source] == "unavailable";

    /// <summary>What text-classify answers.</summary>
    public TextSignals TextSignals()
    {
        var text = PostJson["signals"]?["text"];
        var signals = new TextSignals
        {
            Status = SignalStatus.Available,
            ModelVersion = "scenario",
            Language = (string?)PostJson["language"] ?? "und",
            OutOfDomain = (bool?)text?["out_of_domain"] ?? false,
        };
        foreach (var (category, score) in text?["scores"]?.AsObject() ?? [])
        {
            signals.Scores.Add(new CategoryScore { Category = Category(category), Score = (float)score! }); // scores are numbers
        }

        return signals;
    }

    public Post ToPost()
    {
        var post = new Post
        {
            PostId = (string)PostJson["post_id"]!, // every case has these
            AccountId = (string)PostJson["account_id"]!,
            ChannelId = (string?)PostJson["channel_id"] ?? "",
            Language = (string?)PostJson["language"] ?? "",
            Audience = (string?)PostJson["audience"] == "PRIVATE" ? Audience.Private : Audience.Public,
            Text = Text,
        };
        foreach (var picture in PostJson["media"]?.AsArray() ?? [])
        {
            var bytes = File.ReadAllBytes(Path.Combine(FeedDirectory, (string)picture!));
            post.Media.Add(new Media { InlineContent = ByteString.CopyFrom(bytes) });
        }

        return post;
    }

    public static HarmCategory Category(string name) => Enum.Parse<HarmCategory>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    public static string Upper(Enum value)
        => string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));

    public void Accept(JsonObject actual)
        => File.WriteAllText(Path.Combine(Directory, Name, "expected.json"), actual.ToJsonString(Indented) + "\n");

    private static JsonObject ReadJson(string name, string file)
        => JsonNode.Parse(File.ReadAllText(Path.Combine(Directory, name, file)))!.AsObject(); // not the JSON null
}
