using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Whether what was decided was really done. One RPC a file.</summary>
internal sealed partial class EffectRpc(EffectStore store, KeySpace keys, IOptions<EffectOptions> options, TimeProvider time) : EffectService.EffectServiceBase;
