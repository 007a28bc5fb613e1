using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>
/// Marks an endpoint on the REST port that speaks another API's protocol, so that its clients can be pointed here: it authenticates its
/// callers and words its errors as that API does. The contract's own checks do not apply to it.
/// </summary>
/// <param name="WriteFailure">Answers in that API's shape what the endpoint did not answer itself: an unexpected failure, or an absent store.</param>
public sealed record ForeignApi(Func<HttpContext, RpcException, Task> WriteFailure);
