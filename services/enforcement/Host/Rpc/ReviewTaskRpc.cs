using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Review tasks that another service asks for. One RPC a file.</summary>
internal sealed partial class ReviewTaskRpc(LaterFindings findings) : ReviewTaskService.ReviewTaskServiceBase;
