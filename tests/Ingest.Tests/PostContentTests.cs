using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Ingest.Tests;

public sealed class PostContentTests
{
    private static SubmitPostRequest Request() => new() { Post = new Post { PostId = "p", AccountId = "a", Audience = Audience.Public, Text = "x" } };

    [Fact]
    public void Hash_ignores_how_the_call_is_made()
    {
        var other = Request();
        other.RequestId = "r";
        other.Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        other.Post.Revision = 1;
        Assert.Equal(PostContent.Hash(Request()), PostContent.Hash(other));
    }

    [Fact]
    public void Hash_changes_with_the_text()
    {
        var other = Request();
        other.Post.Text = "y";
        Assert.NotEqual(PostContent.Hash(Request()), PostContent.Hash(other));
    }
}
