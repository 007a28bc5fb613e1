using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Ingest.Tests;

public sealed class PostRulesTests
{
    private static SubmitPostRequest Good() => new()
    {
        Post = new Post { PostId = "p1", AccountId = "a1", Audience = Audience.Public, Text = "hello" },
    };

    [Fact]
    public void Violations_of_a_good_post_are_none() => Assert.Empty(PostRules.Violations(Good()));

    public static TheoryData<string, Action<SubmitPostRequest>> Wrong() => new()
    {
        { "post", r => r.Post = null },
        { "post.post_id", r => r.Post.PostId = "" },
        { "post.post_id", r => r.Post.PostId = "p{1}" },
        { "post.post_id", r => r.Post.PostId = new string('p', 129) },
        { "post.account_id", r => r.Post.AccountId = "a b" },
        { "post.channel_id", r => r.Post.ChannelId = "c\n" },
        { "post.reply_to_post_id", r => r.Post.ReplyToPostId = "é" },
        { "request_id", r => r.RequestId = new string('r', 129) },
        { "post.revision", r => r.Post.Revision = -1 },
        { "post.revision", r => r.Post.Revision = 1L << 53 },
        { "wait", r => r.Wait = new Duration { Seconds = 1, Nanos = -5 } },
        { "wait", r => r.Wait = new Duration { Seconds = long.MaxValue, Nanos = int.MaxValue } },
        { "post.language", r => r.Post.Language = "en_US" },
        { "post.author_language", r => r.Post.AuthorLanguage = new string('e', 36) },
        { "post.text", r => r.Post.Text = "" },
        { "post.text", r => r.Post.Text = new string('x', PostRules.MaxTextCodePoints + 1) },
        { "post.text", r => r.Post.Text = new string('漢', (PostRules.MaxTextBytes / 3) + 1) },
        { "wait", r => r.Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(11)) },
        { "wait", r => r.Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(-1)) },
        { "post.media", r => r.Post.Media.Add(Enumerable.Repeat(new Media { MediaId = "m_" + new string('0', 64) }, 17)) },
        { "post.media[0]", r => r.Post.Media.Add(new Media()) },
        { "post.media[0].media_id", r => r.Post.Media.Add(new Media { MediaId = "m_XYZ" }) },
        { "post.media[0].inline_content", r => r.Post.Media.Add(new Media { InlineContent = ByteString.Empty }) },
        { "post.media[0].inline_content", r => r.Post.Media.Add(new Media { InlineContent = ByteString.CopyFrom(new byte[PostRules.MaxInlineBytes + 1]) }) },
        { "post.media[0].review_url", r => r.Post.Media.Add(new Media { MediaId = "m_" + new string('0', 64), ReviewUrl = "http://x.example/1" }) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Violations_of_a_wrong_field_name_it(string field, Action<SubmitPostRequest> spoil)
    {
        ArgumentNullException.ThrowIfNull(spoil);
        var request = Good();
        spoil(request);
        var violation = Assert.Single(PostRules.Violations(request));
        Assert.Equal(field, violation.Field);
        Assert.Matches("^(must|is required)", violation.Description);
    }

    [Fact]
    public void Violations_of_many_wrong_fields_come_at_once()
    {
        var request = Good();
        request.Post.PostId = "";
        request.Post.AccountId = "";
        request.Post.Text = "";
        Assert.Equal(["post.post_id", "post.account_id", "post.text"], PostRules.Violations(request).Select(v => v.Field));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("see http://a.example and HTTPS://b.example", 2)]
    [InlineData("ftp://a.example ://", 0)]
    public void Links_counts_where_http_begins(string text, int expected) => Assert.Equal(expected, PostRules.Links(text));

    [Fact]
    public void CodePoints_counts_a_surrogate_pair_once() => Assert.Equal(3, PostRules.CodePoints("a😀b"));
}
