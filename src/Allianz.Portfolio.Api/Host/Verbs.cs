using System.CommandLine;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using MediatR;

namespace Allianz.Portfolio.Api.Host;

/// <summary>
/// The command line. Without a verb the program serves; what is no verb goes to the configuration (<c>--urls</c>, <c>--Database:Engine</c>).
/// Exit codes: 0 done, 1 it could not be done (the reason stands on standard error), 2 the call's words are wrong.
/// </summary>
internal static class Verbs
{
    public static async Task<int> RunAsync(string[] args, Func<string[], Task<int>> serve)
    {
        var root = new RootCommand("Allianz.Portfolio: the project portfolio of the Allianz Smart City Dortmund. Without a verb it serves.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        root.SetAction((parsed, _) => SayingWhyAsync(() => serve([.. parsed.UnmatchedTokens])));

        root.Subcommands.Add(Verb("migrate", "Bring the database up to date.", MigrateAsync));
        root.Subcommands.Add(Verb("verify", "Recompute the hashes of all revisions and reports.", VerifyAsync));
        root.Subcommands.Add(
            Verb(
                "setup-link",
                "Make a link for a new administrator's account and print it, alone, on standard output. It is good once, for a day.",
                SetupLinkAsync
            )
        );
        root.Subcommands.Add(Backup());
        root.Subcommands.Add(Restore());
        root.Subcommands.Add(ConfirmCopy());
        root.Subcommands.Add(CreateKey());
        root.Subcommands.Add(Import());

        if (args is [var first, ..] && !first.StartsWith('-') && root.Subcommands.All(c => c.Name != first))
        {
            await Console.Error.WriteLineAsync(
                $"'{first}' is no verb. Verbs: {string.Join(", ", root.Subcommands.Select(c => c.Name))}. See --help."
            );
            return 2;
        }
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }
            await Console.Error.WriteLineAsync("See --help.");
            return 2;
        }
        return await parsed.InvokeAsync();
    }

    private static Command Backup()
    {
        var file = new Argument<string>("FILE") { Description = "The file to make; it must not be there yet." };
        var verb = Verb(
            "backup",
            "Write a SQLite database into a new file while the program runs, and verify that. SQL Server makes its own backups.",
            async (services, parsed, ct) =>
            {
                Verified found = null!;
                await Backups.MakeAsync(
                    services.GetRequiredService<PortfolioDatabase>(),
                    parsed.GetValue(file)!,
                    async (copy, ct) => (found = await VerifyAsync(copy, ct)).Whole,
                    ct
                );
                return await TellAsync(found, $"The backup is {Path.GetFullPath(parsed.GetValue(file)!)}.");
            }
        );
        verb.Arguments.Add(file);
        return verb;
    }

    private static Task<Verified> VerifyAsync(PortfolioDatabase database, CancellationToken ct) =>
        new VerifyLedger.Handler(database).Handle(new VerifyLedger.Query(), ct);

    private static Command Restore()
    {
        var file = new Argument<string>("FILE") { Description = "The backup." };
        var replace = new Option<bool>("--replace")
        {
            Description = "Put it in the place of a database that is there; that one is kept beside it.",
        };
        var verb = Verb(
            "restore",
            "Put a backup of a SQLite database in its place, brought up to date and verified before. Stop the program first.",
            async (services, parsed, ct) =>
            {
                var database = services.GetRequiredService<PortfolioDatabase>();
                var clock = services.GetRequiredService<TimeProvider>();
                Verified found = null!;
                var (_, kept) = await Backups.RestoreAsync(
                    database,
                    parsed.GetValue(file)!,
                    parsed.GetValue(replace),
                    async (copy, ct) =>
                    {
                        await new LetLeadsSpeak.Handler(copy, new PortfolioLedger(copy, clock), clock).Handle(
                            new LetLeadsSpeak.Command(),
                            ct
                        );
                        return (found = await VerifyAsync(copy, ct)).Whole;
                    },
                    clock,
                    ct
                );
                var told = await TellAsync(found, "The backup is restored.");
                if (found.Whole)
                {
                    if (kept is not null)
                    {
                        Console.WriteLine($"The database of before is kept as {kept}.");
                    }
                    var installation = services.GetRequiredService<Installation>();
                    await installation.RecogniseAsync(ct);
                    if (installation.IsCopy)
                    {
                        Console.WriteLine("It comes from another installation: jobs and mails stay off until 'confirm-copy'.");
                    }
                }
                return told;
            }
        );
        verb.Arguments.Add(file);
        verb.Options.Add(replace);
        return verb;
    }

    private static Command ConfirmCopy()
    {
        var drop = new Option<bool>("--drop-letters")
        {
            Description = "Remove letters that wait to be sent: the original sends them, too.",
        };
        var verb = Verb(
            "confirm-copy",
            "Make a copied or moved database an installation of its own: jobs and mails go on.",
            async (services, parsed, ct) =>
            {
                var dropped = parsed.GetValue(drop);
                using var serving = await OpenAsync(services, ct);
                Console.WriteLine(
                    await services.GetRequiredService<Installation>().ConfirmAsync(dropped, ct) is { } letters
                        ? "The database is an installation of its own now; jobs and mails go on within some seconds. "
                            + $"{letters} letter(s) {(dropped ? "were removed" : "wait and are sent")}."
                        : "It is no copy: there is nothing to confirm."
                );
                return 0;
            }
        );
        verb.Options.Add(drop);
        return verb;
    }

    private static async Task<int> TellAsync(UseCases.Upkeep.Verified found, string? whenWhole = null)
    {
        foreach (var line in found.Whole && whenWhole is not null ? [.. found.Lines, whenWhole] : found.Lines)
        {
            await (found.Whole ? Console.Out : Console.Error).WriteLineAsync(line);
        }
        return found.Whole ? 0 : 1;
    }

    private static Command CreateKey()
    {
        var role = new Option<string>("--role")
        {
            Description = "reader, partner-editor, board, coordination or administrator.",
            Required = true,
        };
        string[] roles = ["reader", "partner-editor", "board", "coordination", "administrator"];
        role.CompletionSources.Add(roles);
        // AcceptOnlyFromAmong lets the name of another option pass: create-key --role --name.
        role.Validators.Add(result =>
        {
            if (!roles.Contains(result.GetValue(role)))
            {
                result.AddError($"--role is one of {string.Join(", ", roles)}.");
            }
        });
        var partner = new Option<string?>("--partner") { Description = "Key of the partner that a partner-editor speaks for." };
        var name = new Option<string?>("--name") { Description = "What the key is for." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"Narrow it: {string.Join(", ", Enum.GetValues<Scope>().Select(ScopeList.Code))}; several times for several.",
        };
        scopes.AcceptOnlyFromAmong([.. Enum.GetValues<Scope>().Select(ScopeList.Code)]);
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "The day or instant from which it does not work any more." };
        var verb = Verb(
            "create-key",
            "Make an API key and print it, alone, on standard output. It is shown this once.",
            async (services, parsed, ct) =>
            {
                using var serving = await OpenAsync(services, ct);
                var code = parsed.GetValue(role)!;
                var created = await services
                    .GetRequiredService<IMediator>()
                    .Send(
                        new CreateApiKey.Command(
                            Caller.Program("cli"),
                            new NewApiKey
                            {
                                Name = parsed.GetValue(name) ?? $"{code} {parsed.GetValue(partner)}".TrimEnd(),
                                Role = System.Text.Json.JsonSerializer.Deserialize<Role>($"\"{code}\""),
                                Partner = parsed.GetValue(partner),
                                Scopes = parsed.GetValue(scopes) is { Length: > 0 } given
                                    ? ScopeList.Parse(string.Join(',', given))!.ToArray()
                                    : null,
                                ExpiresAt = parsed.GetValue(expires),
                            }
                        ),
                        ct
                    );
                Console.WriteLine(created.Secret);
                return 0;
            }
        );
        verb.Options.Add(role);
        verb.Options.Add(partner);
        verb.Options.Add(name);
        verb.Options.Add(scopes);
        verb.Options.Add(expires);
        return verb;
    }

    private static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "The CSV file." };
        var map = new Option<string>("--map")
        {
            Description = $"A mapping file, or one of those that come with the program: {string.Join(", ", ImportMapping.BuiltIn)}.",
            Required = true,
        };
        var apply = new Option<bool>("--apply") { Description = "Write it. Otherwise this is a dry run." };
        var validOnly = new Option<bool>("--valid-only")
        {
            Description = "Leave refused rows out. Otherwise one keeps all from being written.",
        };
        var replace = new Option<bool>("--replace")
        {
            Description = "Also change title and lead of projects that no import of this mapping made.",
        };
        var reason = new Option<string?>("--actor-reason") { Description = "Why, for the ledger; at most 500 characters." };
        var rows = new Option<int>("--rows") { Description = "Most rows to show.", DefaultValueFactory = _ => 50 };
        reason.Validators.Add(result =>
        {
            if (result.GetValue(reason)?.Length > 500)
            {
                result.AddError("--actor-reason has at most 500 characters.");
            }
        });
        var verb = Verb(
            "import",
            "Import a CSV file by a mapping. Exit code 1 when rows are refused, unless --valid-only leaves them out.",
            async (services, parsed, ct) =>
            {
                var (path, name) = (parsed.GetValue(file)!, parsed.GetValue(map)!);
                var mapping = File.Exists(name)
                    ? ImportMapping.Read(await File.ReadAllBytesAsync(name, ct))
                    : ImportMapping.Named(name)
                        ?? throw new IOException(
                            $"'{Path.GetFullPath(name)}' is no file, and '{name}' no built-in mapping; those are {string.Join(", ", ImportMapping.BuiltIn)}."
                        );
                using var serving = await OpenAsync(services, ct);
                var report = await services
                    .GetRequiredService<IMediator>()
                    .Send(
                        new ImportFile.Command(
                            Caller.Program("cli"),
                            () => File.OpenRead(path),
                            Path.GetFileName(path),
                            mapping,
                            parsed.GetValue(apply),
                            parsed.GetValue(validOnly),
                            ImportForm.ReasonOf(parsed.GetValue(reason)),
                            parsed.GetValue(replace)
                        ),
                        ct
                    );
                ImportText.Write(report, parsed.GetValue(apply), Math.Max(0, parsed.GetValue(rows)), Console.Out);
                return report.Totals.Refused == 0 || parsed.GetValue(validOnly) ? 0 : 1;
            }
        );
        verb.Arguments.Add(file);
        verb.Options.Add(map);
        verb.Options.Add(apply);
        verb.Options.Add(validOnly);
        verb.Options.Add(replace);
        verb.Options.Add(reason);
        verb.Options.Add(rows);
        return verb;
    }

    private static async Task<int> MigrateAsync(IServiceProvider services, ParseResult parsed, CancellationToken ct)
    {
        var database = services.GetRequiredService<PortfolioDatabase>();
        using var serving = database.Dialect.Serve(database.ConnectionString);
        var steps = await services.UpgradeAsync(ct);
        foreach (var step in steps)
        {
            Console.WriteLine($"ran {step}");
        }
        foreach (var missing in await database.MissingAsync(ct))
        {
            await Console.Error.WriteLineAsync($"warning: {missing}");
        }
        Console.WriteLine(steps.Count == 0 ? "The database is up to date." : $"{steps.Count} step(s) run; the database is up to date.");
        return 0;
    }

    private static async Task<int> SetupLinkAsync(IServiceProvider services, ParseResult parsed, CancellationToken ct)
    {
        using var serving = await OpenAsync(services, ct);
        var command = new MakeSetupLink.Command(OnlyWithoutAdministrator: false);
        Console.WriteLine(await services.GetRequiredService<IMediator>().Send(command, ct));
        return 0;
    }

    private static async Task<int> VerifyAsync(IServiceProvider services, ParseResult parsed, CancellationToken ct)
    {
        return await TellAsync(await services.GetRequiredService<IMediator>().Send(new VerifyLedger.Query(), ct));
    }

    // Up to date, and not to be replaced while the verb is at work.
    private static async Task<IDisposable?> OpenAsync(IServiceProvider services, CancellationToken ct)
    {
        var database = services.GetRequiredService<PortfolioDatabase>();
        var serving = database.Dialect.Serve(database.ConnectionString);
        try
        {
            await services.UpgradeAsync(ct);
            return serving;
        }
        catch
        {
            serving?.Dispose();
            throw;
        }
    }

    private static Command Verb(string name, string description, Func<IServiceProvider, ParseResult, CancellationToken, Task<int>> run)
    {
        var verb = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        verb.SetAction(
            async (parsed, ct) =>
            {
                // Settings such as --ConnectionStrings:Portfolio=... are taken here, too; a lone word is a slip.
                if (
                    parsed.UnmatchedTokens.FirstOrDefault(t =>
                        !t.StartsWith("--", StringComparison.Ordinal) || !t.Contains('=', StringComparison.Ordinal)
                    ) is
                    { } odd
                )
                {
                    await Console.Error.WriteLineAsync($"'{odd}' is not understood. See {name} --help.");
                    return 2;
                }
                return await SayingWhyAsync(async () =>
                {
                    var builder = WebApplication.CreateBuilder([.. parsed.UnmatchedTokens]);
                    builder.Logging.SetMinimumLevel(LogLevel.Warning);
                    // Standard output belongs to the answer.
                    builder.Logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
                    builder.AddPortfolio();
                    await using var app = builder.Build();
                    app.CheckSettings();
                    await using var scope = app.Services.CreateAsyncScope();
                    return await run(scope.ServiceProvider, parsed, ct);
                });
            }
        );
        return verb;
    }

    // What an operator can mend is said in a sentence; only what is our fault shows where in the program it happened.
    private static async Task<int> SayingWhyAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Problem problem)
        {
            await Console.Error.WriteLineAsync(
                problem.Errors is { Count: > 0 } errors ? string.Join(" ", errors.Select(e => e.Message)) : problem.Detail ?? problem.Title
            );
            return 1;
        }
        catch (Exception e)
            when (e
                    is InvalidOperationException
                        or System.Data.Common.DbException
                        or IOException
                        or InvalidDataException
                        or UnauthorizedAccessException
                        or TimeoutException
                        or ArgumentException
                        or FormatException
                        or Microsoft.Extensions.Options.OptionsValidationException
            )
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
