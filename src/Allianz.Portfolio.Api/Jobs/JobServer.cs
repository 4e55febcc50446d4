using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Hangfire;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Jobs;

/// <summary>Section <c>Jobs</c>.</summary>
internal sealed record JobOptions
{
    /// <summary>Whether this node runs jobs.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How many at once.</summary>
    public int Workers { get; init; } = 2;
}

/// <summary>Runs the jobs, from when the server listens until it stops: then what is under way is told, and waited for.</summary>
internal sealed class JobServer(
    IHostApplicationLifetime lifetime,
    IServiceProvider services,
    IOptions<JobOptions> options,
    PortfolioDatabase database,
    Installation installation,
    TimeProvider clock,
    ILogger<JobServer> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || !await ListeningAsync(stoppingToken))
        {
            return;
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            if (installation.IsCopy || database.Availability.IsAway)
            {
                await WaitAsync(Task.Delay(TimeSpan.FromSeconds(1), stoppingToken), stoppingToken);
            }
            // Not before this line is the jobs' storage touched: it needs the database, and takes a moment that nobody waits for.
            else if (!Prepare())
            {
                await WaitAsync(Task.Delay(TimeSpan.FromSeconds(10), clock, stoppingToken), stoppingToken);
            }
            else
            {
                await ServeAsync(stoppingToken);
            }
        }
    }

    // Until the program stops, the database is away or turns out to be a copy. Begun anew, the server is at work at once; left alone it
    // would come back minutes after the database, and fill the log meanwhile.
    private async Task ServeAsync(CancellationToken stoppingToken)
    {
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                Activator = services.GetRequiredService<JobActivator>(),
                WorkerCount = options.Value.Workers,
                SchedulePollingInterval = TimeSpan.FromSeconds(5),
            },
            services.GetRequiredService<JobStorage>()
        );
        while (!stoppingToken.IsCancellationRequested && !installation.IsCopy && !database.Availability.IsAway)
        {
            await WaitAsync(Task.WhenAny(database.Availability.Away, Task.Delay(TimeSpan.FromSeconds(5), stoppingToken)), stoppingToken);
        }
        server.SendStop();
        await server.WaitForShutdownAsync(CancellationToken.None);
    }

    private static async Task WaitAsync(Task task, CancellationToken ct) =>
        await task.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<bool> ListeningAsync(CancellationToken ct)
    {
        var listening = new TaskCompletionSource();
        await using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        await using var stopped = ct.Register(() => listening.TrySetCanceled(ct));
        await listening.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return listening.Task.IsCompletedSuccessfully;
    }

    private bool Prepare()
    {
        try
        {
            var recurring = services.GetRequiredService<IRecurringJobManager>();
            foreach (var job in Schedule.Standing)
            {
                recurring.Add(job);
            }
            // What was missed while no node ran is made up for now, not at the next turn.
            services.GetRequiredService<IBackgroundJobClient>().Enqueue(Schedule.CatchUp.Work);
            return true;
        }
        catch (Exception e)
        {
            if (!database.Availability.IsAway)
            {
                log.LogWarning(e, "Jobs cannot begin yet; trying again");
            }
            return false;
        }
    }
}

internal static class JobSetup
{
    public static void AddJobs(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.Read<JobOptions>("Jobs").Validate(o => o.Workers > 0, "Jobs: Workers must be 1 or more.");
        // Ours, and before Hangfire's: those are one for the whole process, which two hosts in it (tests) would share.
        services.AddSingleton<JobStorage>(provider =>
        {
            var database = provider.GetRequiredService<PortfolioDatabase>();
            return database.Dialect.StoreJobs(database.ConnectionString, builder.Configuration);
        });
        services.AddSingleton<JobActivator>(provider => new Hangfire.AspNetCore.AspNetCoreJobActivator(
            provider.GetRequiredService<IServiceScopeFactory>()
        ));
        services.AddHangfire(hangfire => hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings());
        services.AddSingleton<ReportJobs>();
        services.AddTransient<JobCommands>();
        services.AddSingleton<WakeSender>(provider =>
            () => provider.GetRequiredService<IBackgroundJobClient>().Enqueue(Schedule.SendLetters.Work)
        );
        services.AddSingleton<WakePrinter>(provider =>
            () => provider.GetRequiredService<IBackgroundJobClient>().Enqueue(Schedule.MakeReportPdfs.Work)
        );
        services.AddSingleton<FollowSchedules>(provider => provider.GetRequiredService<ReportJobs>().FollowAsync);
        services.AddHostedService<JobServer>();
    }

    // Its scripts and styles are files of its own, but for one style that its charts make: the hash allows exactly that text.
    private const string DashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='; "
        + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The dashboard, for administrators only: also from the machine itself.</summary>
    public static void MapJobs(this IEndpointRouteBuilder app) =>
        app.MapHangfireDashboard(
                "/jobs",
                new DashboardOptions
                {
                    Authorization = [],
                    AsyncAuthorization = [],
                    DashboardTitle = "Allianz.Portfolio",
                    DisplayStorageConnectionString = false,
                }
            )
            .WithMetadata(new OwnPolicy(DashboardPolicy))
            .For(Right.Change(Resource.Job));

    public static void Add(this IRecurringJobManager recurring, ScheduledJob job) =>
        recurring.AddOrUpdate(job.Id, job.Work, job.Cron, new RecurringJobOptions { TimeZone = Berlin.Zone });
}
