using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.Testing;

namespace Moderation.Benchmarks.Suite;

/// <summary>
/// New posts without end: the texts of the sample feed in turn, every fifth joined out of several so that lengths differ as they do on a
/// platform (one line to a few paragraphs), by accounts that post again and again.
/// </summary>
internal sealed class PostSource
{
    private const int Accounts = 5_000;
    private readonly string[] _texts;
    private readonly string[] _languages;
    private int _last;

    public PostSource()
    {
        var rows = File.ReadLines(Repository.PathOf("services", "dev-host", "SampleFeed", "feed.ndjson"))
            .Where(l => l.Length > 0)
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Where(r => r.TryGetProperty("text", out var text) && text.GetString() is { Length: > 0 })
            .Select(r => (Text: r.GetProperty("text").GetString()!, Language: r.GetProperty("language").GetString() ?? "")) // not null: just tested
            .ToArray();
        _texts = [.. rows.Select((r, i) => i % 5 == 4 ? Long(rows, i) : r.Text)];
        _languages = [.. rows.Select(r => r.Language)];
        var lengths = _texts.Select(t => t.Length).Order().ToArray();
        Description = $"{_texts.Length} texts, {lengths[0]} to {lengths[^1]} characters, median {lengths[lengths.Length / 2]}";
    }

    /// <summary>How many texts, and how long.</summary>
    public string Description { get; }

    public SubmitPostRequest Next()
    {
        var number = Interlocked.Increment(ref _last);
        var index = number % _texts.Length;
        return new SubmitPostRequest
        {
            RequestId = $"r{number}",
            Post = new Post
            {
                PostId = $"p{number}",
                AccountId = $"a{number % Accounts}",
                ChannelId = $"c{number % 50}",
                Audience = Audience.Public,
                Language = _languages[index],
                Text = _texts[index],
            },
        };
    }

    // Neighbours of the same language, two to nine of them.
    private static string Long((string Text, string Language)[] rows, int index)
        => string.Join("\n\n", rows.Where(r => r.Language == rows[index].Language).Skip(index / 10).Take(2 + (index % 8)).Select(r => r.Text).DefaultIfEmpty(rows[index].Text));
}
