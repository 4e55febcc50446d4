using Allianz.Portfolio.Api.Database;
using MediatR;

namespace Allianz.Portfolio.Api.Http;

/// <summary>A request that changes something: one transaction, one revision.</summary>
internal interface ICommand<out T> : IRequest<T>;

/// <summary>Runs a command again as a whole when the engine rolled it back in favour of another one.</summary>
internal sealed class ConflictRetry<TRequest, TResponse>(PortfolioDatabase database) : IPipelineBehavior<TRequest, TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        request is ICommand<TResponse> ? database.AgainAsync(() => next(), cancellationToken) : next();
}
