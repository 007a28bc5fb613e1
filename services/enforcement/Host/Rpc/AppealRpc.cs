using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Appeals;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Appeals of authors. One RPC a file.</summary>
internal sealed partial class AppealRpc(AppealStore store) : AppealService.AppealServiceBase;
