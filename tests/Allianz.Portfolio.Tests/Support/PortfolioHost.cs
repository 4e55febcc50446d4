using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using MediatR;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>The real program on a real database, with a clock that stands still and without background jobs unless asked for.</summary>
public sealed class PortfolioHost(string engine, string connectionString, TestClock clock, params (string Key, string Value)[] settings)
    : WebApplicationFactory<Program>
{
    // Hangfire keeps the logger factory of the host that came last for the whole process, also when that host is gone. An instance that no
    // container made is disposed by none.
    private static readonly ILoggerFactory _loggers = LoggerFactory.Create(logging =>
    {
        // Everything is looked through for secrets; what a person should see is little.
        logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Secrets.Logs());
        logging.AddConsole().AddFilter<ConsoleLoggerProvider>(null, LogLevel.Warning);
        logging.Services.KeepAddressesOut();
    });

    public TestClock Clock => clock;

    /// <summary>Passwords are hashed as in operation, which is slow on purpose. Otherwise one round does: hashes are tested by themselves.</summary>
    public bool HashesAsInOperation { get; init; }

    /// <summary>Versions of the API in place of those that there are.</summary>
    internal IReadOnlyList<ApiRelease>? Releases { get; init; }

    /// <summary>A client with a new key of the role, whose addresses begin below <c>/api/v1/</c>.</summary>
    public async Task<HttpClient> ClientAsync(Role role, string? partner = null)
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.BaseAddress = new Uri(client.BaseAddress!, "/api/v1/");
        if (role != Role.Anonymous)
        {
            await using var scope = Services.CreateAsyncScope();
            var key = await scope
                .ServiceProvider.GetRequiredService<IMediator>()
                .Send(
                    new CreateApiKey.Command(
                        Caller.Program("test"),
                        new NewApiKey
                        {
                            Name = $"{role} {partner}".Trim(),
                            Role = role,
                            Partner = partner,
                        }
                    )
                );
            Secrets.Add("an API key", key.Secret);
            client.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        }
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("Database:Engine", engine);
        builder.UseSetting("ConnectionStrings:Portfolio", connectionString);
        builder.UseSetting("Demo:Load", "false");
        builder.UseSetting("FirstKey:Make", "false");
        builder.UseSetting("Jobs:Enabled", "false");
        if (engine == Dialect.SqlServer.Name)
        {
            builder.UseSetting("Installation:Folder", Path.Combine(Path.GetTempPath(), "portfolio-tests", "installations"));
        }
        builder.UseSetting("Mail:Folder", Path.Combine(Path.GetTempPath(), "portfolio-tests", "mail"));
        // The clock stands still, so tries that are used up would never come back.
        foreach (var limit in Enum.GetNames<Limit>())
        {
            builder.UseSetting($"RateLimits:{limit}", "0");
        }
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            services.Replace(ServiceDescriptor.Singleton(_loggers));
            if (Releases is not null)
            {
                services.Replace(ServiceDescriptor.Singleton(Releases));
            }
            if (!HashesAsInOperation)
            {
                services.PostConfigure<PasswordHasherOptions>(o => o.IterationCount = 1);
            }
        });
    }
}
