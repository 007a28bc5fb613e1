using CsCheck;
using Xunit;

namespace Moderation.Ingest.Tests;

public sealed class WatchCursorTests
{
    private const int Shards = 64;

    [Fact]
    public void TryParse_of_what_ToString_wrote_is_the_same_cursor()
        => Gen.Long[0, long.MaxValue].Array[Shards].Sample(sequences =>
        {
            var text = WatchCursor.After(sequences).ToString();
            return WatchCursor.TryParse(text, Shards, out var read) && Enumerable.Range(0, Shards).All(s => read[s] == sequences[s]);
        });

    [Fact]
    public void TryParse_of_any_text_never_throws()
        => Gen.String.Sample(text => !WatchCursor.TryParse(text, Shards, out var read) || read.ToString() == text);

    [Fact]
    public void TryParse_of_another_number_of_shards_is_refused()
        => Assert.False(WatchCursor.TryParse(WatchCursor.Start(32).ToString(), Shards, out _));

    [Fact]
    public void TryParse_of_a_cut_cursor_is_refused()
        => Assert.False(WatchCursor.TryParse(WatchCursor.Start(Shards).ToString()[..^4], Shards, out _));
}
