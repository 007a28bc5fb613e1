using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Hands posts to review. Once by job and post, whatever is repeated.</summary>
internal sealed class ReviewHandover(ServiceChannels channels, IConfiguration configuration, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private ReviewTaskService.ReviewTaskServiceClient? _client;

    /// <summary>Whether this replica knows where enforcement is.</summary>
    public bool IsPossible => !string.IsNullOrEmpty(configuration["Services:Enforcement"]);

    /// <summary>Hands over; answers what became of each.</summary>
    /// <exception cref="RpcException">It was not taken, or that is not known: try again.</exception>
    public async Task<IReadOnlyList<OpenedReviewTask>> OpenAsync(string lookbackId, IEnumerable<FoundPost> posts, CancellationToken cancellationToken)
    {
        _client ??= new ReviewTaskService.ReviewTaskServiceClient(channels.To("Enforcement"));
        var request = new OpenReviewTasksRequest { Cause = "lookback:" + lookbackId, Posts = { posts } };
        var answer = await _client.OpenReviewTasksAsync(
            request, deadline: time.GetUtcNow().UtcDateTime + Limit, cancellationToken: cancellationToken);
        return answer.Tasks;
    }
}
