/** Gives the RPC the timers of a browser: a page imports this before it makes a peer, as Node's side imports `vscode-jsonrpc/node`. */
import 'vscode-jsonrpc/browser';
