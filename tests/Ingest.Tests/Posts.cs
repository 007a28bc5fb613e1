using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Ingest.Tests;

/// <summary>Posts and assertions that the RPC tests share.</summary>
internal static class Posts
{
    public static Post Public(string id, string text = "A quiet walk by the river.") => new()
    {
        PostId = id,
        AccountId = "author-of-" + id,
        Audience = Audience.Public,
        Text = text,
    };

    public static SubmitPostRequest Submit(string id, string text = "A quiet walk by the river.") => new()
    {
        Post = Public(id, text),
        Wait = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
    };

    public static async Task AssertFailsAsync(StatusCode status, ErrorReason reason, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(reason, RpcErrors.ReasonOf(failure));
        Assert.Equal(status, failure.StatusCode);
    }
}
