using System.CommandLine;
using System.CommandLine.Invocation;
using Moderation.ModCtl.Accounts;
using Moderation.ModCtl.Audit;
using Moderation.ModCtl.Banks;
using Moderation.ModCtl.Bulk;
using Moderation.ModCtl.Campaigns;
using Moderation.ModCtl.Claims;
using Moderation.ModCtl.Delivery;
using Moderation.ModCtl.Effects;
using Moderation.ModCtl.Keys;
using Moderation.ModCtl.Lists;
using Moderation.ModCtl.Models;
using Moderation.ModCtl.Orders;
using Moderation.ModCtl.Policy;
using Moderation.ModCtl.Posts;
using Moderation.ModCtl.Reports;
using Moderation.ModCtl.Retention;
using Moderation.ModCtl.Review;
using Moderation.ModCtl.Submit;
using Moderation.ModCtl.Texts;
using Moderation.ModCtl.Tokens;
using Moderation.ModCtl.Train;
using Moderation.ModCtl.Transparency;

namespace Moderation.ModCtl.Shell;

/// <summary>All commands. Exit codes: 0 done, 1 it failed, 2 the command line is wrong, 130 interrupted.</summary>
internal static class Root
{
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("Operates the moderation suite.")
        {
            SubmitCommand.Create(terminal),
            GetCommand.Create(terminal),
            WatchCommand.Create(terminal),
            WithdrawCommand.Create(terminal),
            ReviewCommand.Create(terminal),
            AppealCommand.Create(terminal),
            DecideCommand.Create(terminal),
            TransparencyCommand.Create(terminal),
            KeyCommand.Create(terminal),
            TokenCommand.Create(terminal),
            BankCommand.Create(terminal),
            PolicyCommand.Create(terminal),
            CampaignCommand.Create(terminal),
            TrainCommand.Create(),
            AuditCommand.Create(terminal),
            WebhookCommand.Create(terminal),
            ReportCommand.Create(terminal),
            FlaggerCommand.Create(terminal),
            OrderCommand.Create(terminal),
            PreservationCommand.Create(terminal),
            EffectsCommand.Create(terminal),
            BulkCommand.Create(terminal),
            AccountCommand.Create(terminal),
            RetentionCommand.Create(terminal),
            ListCommand.Create(terminal),
            ClaimCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            ModelsCommand.Create(terminal),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction wrong)
        {
            // The message is what matters; a page of help would push it off the screen.
            wrong.ShowHelp = false;
            wrong.ShowTypoCorrections = true;
        }

        var configuration = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error };
        var code = await parsed.InvokeAsync(configuration, cancellationToken);
        return parsed.Errors.Count > 0 ? WrongUsage : code;
    }
}
