using System.Reflection;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Host;

internal static class Mediation
{
    /// <summary>MediatR 5 has no registration of its own for this container; handlers are found by their interface.</summary>
    public static IServiceCollection AddMediation(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ConflictRetry<,>));
        foreach (
            var type in Assembly.GetExecutingAssembly().GetTypes().Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false })
        )
        {
            foreach (
                var handled in type.GetInterfaces()
                    .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>))
            )
            {
                services.AddTransient(handled, type);
            }
        }
        foreach (var kind in AllKinds.Declared)
        {
            kind.Add(services);
        }
        return services;
    }
}
